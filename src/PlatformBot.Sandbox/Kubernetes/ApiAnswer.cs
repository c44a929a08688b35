using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PlatformBot.Sandbox.Kubernetes.Fields;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>What goes back: a status code and a body.</summary>
internal sealed record ApiAnswer(int Code, string ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>Texts for Warning headers.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>True for a watch, which has written its answer itself.</summary>
    public bool Sent { get; init; }

    public static ApiAnswer Json(JsonNode body, int code = 200) =>
        Text(code, "application/json", JsonText.Compact(body));

    public static ApiAnswer Plain(string body, int code = 200) => Text(code, "text/plain; charset=utf-8", body);

    public static ApiAnswer Text(int code, string contentType, string body) =>
        new(code, contentType, Encoding.UTF8.GetBytes(body));

    public static ApiAnswer Bytes(byte[] body, string contentType) => new(200, contentType, body);

    public static ApiAnswer Of(Written written) =>
        Json(written.Object, written.Created ? 201 : 200) with
        {
            Warnings = written.Warnings,
        };

    public async Task WriteAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.StatusCode = Code;

        foreach (var warning in Warnings)
            response.Headers.Append("Warning", $"299 - {JsonText.Compact(JsonValue.Create(warning))}");

        if (Code == 204)
            return;

        response.ContentType = ContentType;
        response.ContentLength = Body.Length;
        await response.Body.WriteAsync(Body, cancellationToken);
    }
}
