using System.Net;
using System.Text;

namespace PlatformBot.Kubernetes;

/// <summary>From an HTTP answer to a reply or a refusal.</summary>
internal static class ApiAnswers
{
    public static async Task<ApiReply> ReadAsync(
        HttpResponseMessage response,
        ApiCall call,
        CancellationToken cancellationToken
    )
    {
        await ThrowIfRefusedAsync(response, call, cancellationToken);
        return new(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.ToString(),
            await response.Content.ReadAsByteArrayAsync(cancellationToken),
            [.. response.Headers.Warning.Select(warning => TextOf(warning.Text))],
            Header(response, "Audit-Id"),
            response.Headers.ETag?.ToString()
        );
    }

    public static async Task ThrowIfRefusedAsync(
        HttpResponseMessage response,
        ApiCall call,
        CancellationToken cancellationToken
    )
    {
        var unchanged = response.StatusCode == HttpStatusCode.NotModified && call.IfNoneMatch is not null;

        if (response.IsSuccessStatusCode || unchanged)
            return;

        throw ApiException.From(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancellationToken)).Trim()
                + FlowOf(response),
            response.Headers.RetryAfter?.Delta,
            Header(response, "Audit-Id")
        );
    }

    /// <summary>Which of the server's queues was full: its administrator finds it by these.</summary>
    private static string FlowOf(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.TooManyRequests
        && response.Content.Headers.ContentType?.MediaType != "application/json"
        && Header(response, "X-Kubernetes-Pf-Flowschema-Uid") is { } schema
            ? $" (flow schema {schema}, priority level {Header(response, "X-Kubernetes-Pf-Prioritylevel-Uid")})"
            : "";

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>The header's text is a quoted string and comes as it stands there: with its quotes and backslashes.</summary>
    private static string TextOf(string quoted)
    {
        var text = new StringBuilder(quoted.Length);

        for (var at = 1; at < quoted.Length - 1; at++)
        {
            if (quoted[at] == '\\' && at < quoted.Length - 2)
                at++;

            text.Append(quoted[at]);
        }

        return text.ToString();
    }
}
