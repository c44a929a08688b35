using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using PlatformBot.Core.Planning;

namespace PlatformBot.Kubernetes;

/// <summary>One cluster's API: paths from kinds, objects, lists. Answers are documents of their own, safe to keep.</summary>
internal sealed class ClusterClient(string name, ClusterAccess access, ClusterConnection connection) : IDisposable
{
    private const string Manager = "platformbot";
    private const int PageSize = 500;

    /// <summary>apiVersion → what the server serves there.</summary>
    private readonly ConcurrentDictionary<string, IReadOnlyList<ResourceKind>> _kinds = new();

    /// <summary>The context, which is the cluster's name in the inventory.</summary>
    public string Name => name;

    /// <exception cref="ApiException">With code 404 when it is not there.</exception>
    public async Task<JsonElement> GetAsync(ObjectReference reference, CancellationToken cancellationToken)
    {
        var kind = await KindAsync(reference.ApiVersion, reference.Kind, cancellationToken);
        return await JsonAsync(ApiCall.Get(PathOf(kind, reference)), cancellationToken);
    }

    /// <summary>All of a kind, in one namespace or in all; complete, page after page.</summary>
    /// <param name="selector">label selector</param>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(
        ObjectReference all,
        string? selector,
        CancellationToken cancellationToken
    )
    {
        var kind = await KindAsync(all.ApiVersion, all.Kind, cancellationToken);
        var query = selector is null ? "" : $"&labelSelector={Uri.EscapeDataString(selector)}";
        var path = $"{CollectionOf(kind, all.Namespace)}?limit={PageSize}{query}";
        var items = new List<JsonElement>();

        for (var more = ""; ; )
        {
            var page = await JsonAsync(ApiCall.Get(path + more), cancellationToken);
            items.AddRange(page.Items("items"));

            if (page.Text("metadata", "continue") is not { Length: > 0 } next)
                return items;

            more = $"&continue={Uri.EscapeDataString(next)}";
        }
    }

    /// <summary>The text of any path of the API server.</summary>
    public async Task<string> RawAsync(string path, CancellationToken cancellationToken) =>
        path.StartsWith('/')
            ? (await connection.SendAsync(ApiCall.Get(path), cancellationToken)).Text
            : throw new ApiException(400, "", $"A path starts with '/': {path}", []);

    /// <summary>A WebSocket to a path of the API server.</summary>
    public Task<WebSocket> ConnectAsync(string path, IReadOnlyList<string> protocols, CancellationToken cancelled) =>
        connection.ConnectAsync(path, protocols, cancelled);

    /// <summary>Server-side apply of one object.</summary>
    public async Task<JsonElement> ApplyAsync(
        ObjectReference reference,
        string body,
        bool force,
        CancellationToken cancellationToken
    )
    {
        var kind = await KindAsync(reference.ApiVersion, reference.Kind, cancellationToken);
        var path =
            $"{PathOf(kind, reference)}?fieldManager={Manager}&force={(force ? "true" : "false")}&fieldValidation=Strict";
        return await JsonAsync(
            new(HttpMethod.Patch, path)
            {
                Body = body,
                ContentType = "application/apply-patch+yaml",
                Repeatable = true,
            },
            cancellationToken
        );
    }

    /// <summary>Merges into an existing object. Another manager name than apply's: the same name used both ways would conflict with itself.</summary>
    public async Task<JsonElement> MergeAsync(
        ObjectReference reference,
        string body,
        CancellationToken cancellationToken
    )
    {
        var kind = await KindAsync(reference.ApiVersion, reference.Kind, cancellationToken);
        var path = $"{PathOf(kind, reference)}?fieldManager={Manager}-patch&fieldValidation=Strict";
        return await JsonAsync(
            new(HttpMethod.Patch, path)
            {
                Body = body,
                ContentType = "application/merge-patch+json",
                Repeatable = true,
            },
            cancellationToken
        );
    }

    /// <summary>After a CRD was applied, what the server serves is asked again.</summary>
    public void ForgetKinds() => _kinds.Clear();

    public void Dispose() => connection.Dispose();

    private async Task<ResourceKind> KindAsync(string apiVersion, string kind, CancellationToken cancellationToken)
    {
        if (_kinds.TryGetValue(apiVersion, out var known) && Find(known) is { } found)
            return found;

        // Not known, or not known then: asked once more, and the answer counts.
        var fresh = await DiscoverAsync(apiVersion, cancellationToken);
        _kinds[apiVersion] = fresh;
        return Find(fresh) ?? throw new UnknownKindException(apiVersion, kind, name);

        ResourceKind? Find(IEnumerable<ResourceKind> kinds) => kinds.FirstOrDefault(each => each.Kind == kind);
    }

    private async Task<IReadOnlyList<ResourceKind>> DiscoverAsync(
        string apiVersion,
        CancellationToken cancellationToken
    )
    {
        var root = apiVersion.Contains('/', StringComparison.Ordinal) ? $"/apis/{apiVersion}" : $"/api/{apiVersion}";

        try
        {
            var list = await JsonAsync(ApiCall.Get(root), cancellationToken);

            return
            [
                .. list.Items("resources")
                    .Where(resource => !resource.Text("name")!.Contains('/', StringComparison.Ordinal))
                    .Select(resource => new ResourceKind(
                        root,
                        resource.Text("kind") ?? "",
                        resource.Text("name")!,
                        resource.At("namespaced").ValueKind == JsonValueKind.True
                    )),
            ];
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return [];
        }
    }

    private string PathOf(ResourceKind kind, ObjectReference reference)
    {
        // An empty name would be the path of the whole collection, and a DELETE there deletes all of it.
        if (string.IsNullOrEmpty(reference.Name))
            throw new ApiException(400, "", $"A {reference.Kind} needs a name.", []);

        return $"{CollectionOf(kind, reference.Namespace ?? access.Namespace)}/{Uri.EscapeDataString(reference.Name)}";
    }

    private static string CollectionOf(ResourceKind kind, string? ns) =>
        kind.Namespaced && !string.IsNullOrEmpty(ns)
            ? $"{kind.Root}/namespaces/{Uri.EscapeDataString(ns)}/{kind.Plural}"
            : $"{kind.Root}/{kind.Plural}";

    private async Task<JsonElement> JsonAsync(ApiCall call, CancellationToken cancellationToken) =>
        (await connection.SendAsync(call, cancellationToken)).Json;

    private sealed record ResourceKind(string Root, string Kind, string Plural, bool Namespaced);
}

/// <summary>The cluster does not know this kind (yet): its CRD is not installed.</summary>
internal sealed class UnknownKindException(string apiVersion, string kind, string cluster)
    : Exception($"{cluster} knows no kind {kind} in {apiVersion}: its CRD is not installed");
