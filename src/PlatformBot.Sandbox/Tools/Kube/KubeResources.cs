using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Tools.Kube;

/// <summary>A kind that the API server serves, in one version.</summary>
internal sealed record KubeResource(
    string Group,
    string Version,
    string Plural,
    string Singular,
    string Kind,
    bool IsNamespaced,
    IReadOnlyList<string> ShortNames
)
{
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>"deployment.apps", "node": how kubectl names objects of the kind.</summary>
    public string Display => Group.Length == 0 ? Singular : $"{Singular}.{Group}";

    /// <summary>"deployments.apps", "nodes".</summary>
    public string PluralDisplay => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>/apis/apps/v1/namespaces/x/deployments[/name]; <paramref name="ns"/> null = all namespaces.</summary>
    public string PathOf(string? ns, string? name = null)
    {
        var root = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
        var scope = IsNamespaced && ns is not null ? $"/namespaces/{ns}" : "";
        return $"{root}{scope}/{Plural}{(name is null ? "" : $"/{name}")}";
    }
}

/// <summary>Everything that an API server serves, from its aggregated discovery.</summary>
internal sealed class KubeResources
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private readonly List<KubeResource> _served;

    private KubeResources(List<KubeResource> served) => _served = served;

    /// <exception cref="UnreachableException">Nobody answers.</exception>
    /// <exception cref="ToolException">The API server refuses.</exception>
    public static async Task<KubeResources> DiscoverAsync(KubeClient client, CancellationToken token)
    {
        var served = new List<KubeResource>();

        foreach (var path in new[] { "/api", "/apis" })
        {
            var answer = await client.GetAsync(path, token, Aggregated);

            if (!answer.IsOk)
                throw KubeErrors.From(answer);

            served.AddRange((answer.Json["items"] as JsonArray ?? []).OfType<JsonObject>().SelectMany(Group));
        }

        return new KubeResources(served);
    }

    public KubeResource? Of(string apiVersion, string kind) =>
        _served.Find(resource => resource.ApiVersion == apiVersion && resource.Kind == kind);

    /// <summary>What a person calls a kind: deploy, deployments, deployment.apps, deployments.v1.apps, Deployment.</summary>
    /// <exception cref="ToolException">There is no such kind.</exception>
    public KubeResource Named(string written)
    {
        var parts = written.Split('.', 2);
        var name = parts[0].ToLowerInvariant();
        var group = parts.ElementAtOrDefault(1);
        return _served.Find(resource =>
                (resource.Plural == name || resource.Singular == name || resource.ShortNames.Contains(name))
                && (group is null || resource.Group == group || $"{resource.Version}.{resource.Group}" == group)
            ) ?? throw new ToolException($"error: the server doesn't have a resource type \"{written}\"");
    }

    private static IEnumerable<KubeResource> Group(JsonObject served) =>
        from version in (served["versions"] as JsonArray ?? []).OfType<JsonObject>()
        from resource in (version["resources"] as JsonArray ?? []).OfType<JsonObject>()
        let kind = (string?)resource["responseKind"]?["kind"] ?? ""
        select new KubeResource(
            (string?)served["metadata"]?["name"] ?? "",
            (string?)version["version"] ?? "",
            (string?)resource["resource"] ?? "",
            (string?)resource["singularResource"] is { Length: > 0 } singular ? singular : kind.ToLowerInvariant(),
            kind,
            (string?)resource["scope"] == "Namespaced",
            [.. (resource["shortNames"] as JsonArray ?? []).Select(name => (string?)name ?? "")]
        );
}

/// <summary>kubectl's way to word what an API server refuses.</summary>
internal static class KubeErrors
{
    public static ToolException From(KubeAnswer answer)
    {
        if (answer.Reason == "Conflict" && answer.Message.StartsWith("Apply failed", StringComparison.Ordinal))
            return new ToolException($"error: {answer.Message}\n{ConflictAdvice}");

        if (answer.Reason == "Invalid")
        {
            return new ToolException(
                answer.Message.Contains("is invalid", StringComparison.Ordinal)
                    ? $"The {answer.Message}"
                    : answer.Message
            );
        }

        var reason = answer.Reason.Length > 0 ? answer.Reason : ReasonOf(answer.Status);
        var message = answer.Reason.Length > 0 ? answer.Message : "the server could not find the requested resource";
        return new ToolException(
            answer.Status == 401
                ? "error: You must be logged in to the server (Unauthorized)"
                : $"Error from server ({reason}): {message}"
        );
    }

    private static string ReasonOf(int status) =>
        status switch
        {
            404 => "NotFound",
            503 => "ServiceUnavailable",
            _ => "InternalError",
        };

    private const string ConflictAdvice = """
        Please review the fields above--they currently have other managers. Here
        are the ways you can resolve this warning:
        * If you intend to manage all of these fields, please re-run the apply
          command with the `--force-conflicts` flag.
        * If you do not intend to manage all of the fields, please edit your
          manifest to remove references to the fields that should keep their
          current managers.
        * You may co-own fields by updating your manifest to match the existing
          value; in this case, you'll become the manager if the other manager(s)
          stop managing the field (remove it from their configuration).
        See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
        """;
}
