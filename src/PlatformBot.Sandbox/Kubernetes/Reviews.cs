using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>"May I?" and "who am I?": the one user of a twin is its administrator.</summary>
internal static class Reviews
{
    private const string Access = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    private const string Self = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

    public static bool Is(HttpRequest request) => request.Method == "POST" && request.Path.Value is Access or Self;

    public static async Task<ApiAnswer> AnswerAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(request.Body);
        var review = ApiRequest.ReadJson(await reader.ReadToEndAsync(cancellationToken));
        review["metadata"] = new JsonObject();
        review["status"] = request.Path.Value == Access ? new JsonObject { ["allowed"] = true } : UserInfo();
        return ApiAnswer.Json(review, 201);
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
