using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>"May I?" and "who am I?": the one user of a twin is its administrator.</summary>
internal static class Reviews
{
    private const string Access = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    private const string Self = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

    // "k8s" and a zero byte stand in front of every object in protocol buffers.
    private const int Magic = 4;

    private static readonly string[] ResourceFields =
    [
        "namespace",
        "verb",
        "group",
        "version",
        "resource",
        "subresource",
        "name",
    ];

    public static bool Is(HttpRequest request) => request.Method == "POST" && request.Path.Value is Access or Self;

    public static async Task<ApiAnswer> AnswerAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        var review = Read(body.ToArray(), request.ContentType ?? "");
        review["metadata"] = new JsonObject();
        review["status"] = request.Path.Value == Access ? new JsonObject { ["allowed"] = true } : UserInfo();
        return ApiAnswer.Json(review, 201);
    }

    private static JsonObject Read(byte[] body, string type) =>
        type.StartsWith("application/vnd.kubernetes.protobuf", StringComparison.Ordinal) && body.Length > Magic
            ? ReadProtobuf(body.AsMemory(Magic))
            : ApiRequest.ReadJson(System.Text.Encoding.UTF8.GetString(body));

    /// <summary>kubectl sends its reviews so: an envelope of type (1) and object (2), whose second field is the spec.</summary>
    private static JsonObject ReadProtobuf(ReadOnlyMemory<byte> envelope)
    {
        var type = ProtobufReader.Field(envelope, 1);
        var review = new JsonObject
        {
            ["kind"] = ProtobufReader.Text(type, 2),
            ["apiVersion"] = ProtobufReader.Text(type, 1),
        };
        var spec = ProtobufReader.Field(ProtobufReader.Field(envelope, 2), 2);

        if (review.Text("kind") == "SelfSubjectAccessReview")
            review["spec"] = Asked(ProtobufReader.Field(spec, 1), ProtobufReader.Field(spec, 2));

        return review;
    }

    private static JsonObject Asked(ReadOnlyMemory<byte> resource, ReadOnlyMemory<byte> path)
    {
        if (resource.Length == 0)
        {
            return new JsonObject
            {
                ["nonResourceAttributes"] = new JsonObject
                {
                    ["path"] = ProtobufReader.Text(path, 1),
                    ["verb"] = ProtobufReader.Text(path, 2),
                },
            };
        }

        var asked = new JsonObject();

        foreach (var (index, name) in ResourceFields.Index())
        {
            if (ProtobufReader.Text(resource, index + 1) is { Length: > 0 } text)
                asked[name] = text;
        }

        return new JsonObject { ["resourceAttributes"] = asked };
    }

    private static JsonObject UserInfo() =>
        new()
        {
            ["userInfo"] = new JsonObject
            {
                ["username"] = "admin",
                ["groups"] = new JsonArray("system:masters", "system:authenticated"),
            },
        };
}
