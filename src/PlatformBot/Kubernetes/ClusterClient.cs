using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using PlatformBot.Core.Planning;

namespace PlatformBot.Kubernetes;

/// <summary>One cluster's objects, as JSON. Answers are documents of their own, safe to keep.</summary>
internal sealed class ClusterClient : IDisposable
{
    private const string Manager = "platformbot";
    private const int PageSize = 500;

    private readonly ClusterAccess _access;
    private readonly ClusterConnection _connection;
    private readonly Discovery _discovery;
    private readonly TimeProvider _clock;

    public ClusterClient(string name, ClusterAccess access, ClusterConnection connection, TimeProvider clock)
    {
        (Name, _access, _connection, _clock) = (name, access, connection, clock);
        _discovery = new(name, connection, clock);
        Watches = new(this, clock);
    }

    /// <summary>The context, which is the cluster's name in the inventory.</summary>
    public string Name { get; }

    /// <summary>What somebody waits for on this cluster.</summary>
    public Watches Watches { get; }

    /// <exception cref="ApiException">With code 404 when it is not there.</exception>
    /// <exception cref="UnknownKindException">Its CRD is not installed.</exception>
    public async Task<JsonElement> GetAsync(ObjectReference reference, CancellationToken cancellationToken)
    {
        var kind = await KindAsync(reference, cancellationToken);
        return (await SendAsync(ApiCall.Get(PathOf(kind, reference)), cancellationToken)).Json;
    }

    /// <summary>null when it is not there.</summary>
    /// <exception cref="UnknownKindException">Its CRD is not installed.</exception>
    public async Task<JsonElement?> FindAsync(ObjectReference reference, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(reference, cancellationToken);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>The reference with the namespace in which it is looked for: that of the client configuration, where it names none.</summary>
    public async Task<ObjectReference> LocateAsync(ObjectReference reference, CancellationToken cancellationToken)
    {
        var kind = await KindAsync(reference, cancellationToken);

        if (!kind.Namespaced)
            return reference with { Namespace = null };

        return reference.Name is null || !string.IsNullOrEmpty(reference.Namespace)
            ? reference
            : reference with
            {
                Namespace = _access.Namespace,
            };
    }

    /// <summary>All of a kind, in one namespace or in all, or the one that the reference names; complete, page after page.</summary>
    /// <param name="selector">label selector</param>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(
        ObjectReference all,
        string? selector,
        CancellationToken cancellationToken
    ) => (await SnapshotAsync(all, selector, cancellationToken)).Items;

    /// <summary>The same, with the place in the cluster's history that it shows.</summary>
    public async Task<ObjectList> SnapshotAsync(
        ObjectReference all,
        string? selector,
        CancellationToken cancellationToken
    )
    {
        var kind = await KindAsync(all, cancellationToken);
        var path = $"{kind.Collection(all.Namespace)}?limit={PageSize}{Selected(all, selector)}";

        // A token that has grown too old leaves half a list; one that begins anew is whole. Twice is bad luck, more is a server in trouble.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ReadPagesAsync(path, cancellationToken);
            }
            catch (ApiException error) when (error.Code == 410 && attempt < 3)
            {
                // From the beginning.
            }
        }
    }

    /// <summary>
    /// What happens to a kind's objects from a version on, until the server ends the stream. Bookmarks, which only tell how far it is, come along.
    /// </summary>
    /// <exception cref="ApiException">With code 410 when the version is too old: list again. With 0 when the connection was lost.</exception>
    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        ObjectReference all,
        string version,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var kind = await KindAsync(all, cancellationToken);
        // Streams that begin together should not all end together.
        var seconds = RandomNumberGenerator.GetInt32(300, 600);
        var path =
            $"{kind.Collection(all.Namespace)}?watch=1&allowWatchBookmarks=true&timeoutSeconds={seconds}&resourceVersion={Uri.EscapeDataString(version)}{Selected(all, null)}";
        using var response = await _connection.OpenAsync(path, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);

        await foreach (var happened in WatchStream.ReadAsync(body, _clock, cancellationToken))
            yield return happened;
    }

    /// <summary>Looks whether the cluster that answers is the one that the name means.</summary>
    /// <exception cref="ApiException">It is not, or does not say.</exception>
    public Task EnsureAsync(CancellationToken cancellationToken) => _connection.EnsureAsync(cancellationToken);

    /// <summary>The UID of the cluster that answers, whichever it is.</summary>
    public Task<string> UidAsync(CancellationToken cancellationToken) => _connection.UidAsync(cancellationToken);

    /// <summary>The text of any path of the API server.</summary>
    public async Task<string> RawAsync(string path, CancellationToken cancellationToken) =>
        path.StartsWith('/')
            ? (await SendAsync(ApiCall.Get(path), cancellationToken)).Text
            : throw new ApiException(400, "", $"A path starts with '/': {path}", []);

    /// <summary>The JSON of a path of the API server.</summary>
    /// <exception cref="ApiException">Also when it is no JSON.</exception>
    public async Task<JsonElement> ReadAsync(string path, CancellationToken cancellationToken) =>
        (await SendAsync(ApiCall.Get(path), cancellationToken)).Json;

    /// <summary>A WebSocket to a path of the API server.</summary>
    public Task<WebSocket> ConnectAsync(string path, IReadOnlyList<string> protocols, CancellationToken cancelled) =>
        _connection.ConnectAsync(path, protocols, cancelled);

    /// <summary>Server-side apply of one object.</summary>
    /// <param name="warn">gets what the server warns of, although it does what it is asked</param>
    /// <param name="dryRun">everything but the storing: the answer is what would be</param>
    public Task<JsonElement> ApplyAsync(
        ObjectReference reference,
        string body,
        bool force,
        bool dryRun,
        Action<string> warn,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            reference,
            $"fieldManager={Manager}&force={(force ? "true" : "false")}&fieldValidation=Strict{(dryRun ? "&dryRun=All" : "")}",
            HttpMethod.Patch,
            body,
            "application/apply-patch+yaml",
            cancellationToken,
            warn
        );

    /// <summary>Changes an object that exists. Another manager name than apply's: the same name used both ways would conflict with itself.</summary>
    /// <param name="type">"merge", "strategic" (built-in kinds only) or "json"</param>
    public Task<JsonElement> PatchAsync(
        ObjectReference reference,
        string type,
        string body,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            reference,
            $"fieldManager={Manager}-patch&fieldValidation=Strict",
            HttpMethod.Patch,
            body,
            type switch
            {
                "json" => "application/json-patch+json",
                "strategic" => "application/strategic-merge-patch+json",
                _ => "application/merge-patch+json",
            },
            cancellationToken
        );

    /// <summary>Deletes the object with this UID and no other that has come to have its name.</summary>
    /// <param name="propagation">"Background", "Foreground" or "Orphan"; said always, because Jobs default to leaving their pods behind</param>
    /// <returns>The object when it is still there (finalizers, foreground, a pod's grace), else a Status.</returns>
    public Task<JsonElement> DeleteAsync(
        ObjectReference reference,
        string uid,
        string propagation,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            reference,
            "",
            HttpMethod.Delete,
            JsonSerializer.Serialize(
                new
                {
                    apiVersion = "v1",
                    kind = "DeleteOptions",
                    propagationPolicy = propagation,
                    preconditions = new { uid },
                }
            ),
            "application/json",
            cancellationToken
        );

    /// <summary>After a CRD was applied, what the server serves is asked again.</summary>
    public void ForgetKinds() => _discovery.Forget();

    public void Dispose()
    {
        Watches.Dispose();
        _discovery.Dispose();
        _connection.Dispose();
    }

    private async Task<JsonElement> ChangeAsync(
        ObjectReference reference,
        string query,
        HttpMethod method,
        string body,
        string contentType,
        CancellationToken cancellationToken,
        Action<string>? warn = null
    )
    {
        var kind = await KindAsync(reference, cancellationToken);
        var call = new ApiCall(method, $"{PathOf(kind, reference)}{(query.Length == 0 ? "" : "?")}{query}")
        {
            Body = body,
            ContentType = contentType,
            // All of them end the same however often they arrive, but for a list of operations.
            Repeatable = contentType != "application/json-patch+json",
        };
        var reply = await SendAsync(call, cancellationToken);

        foreach (var warning in warn is null ? [] : reply.Warnings)
            warn!(warning);

        return reply.Json;
    }

    private async Task<ObjectList> ReadPagesAsync(string path, CancellationToken cancellationToken)
    {
        var items = new List<JsonElement>();
        var version = "";

        for (var more = ""; ; )
        {
            var page = (await SendAsync(ApiCall.Get(path + more), cancellationToken)).Json;
            items.AddRange(page.Items("items"));
            version = page.Text("metadata", "resourceVersion") ?? version;

            if (page.Text("metadata", "continue") is not { Length: > 0 } next)
                return new(items, version);

            more = $"&continue={Uri.EscapeDataString(next)}";
        }
    }

    private Task<ApiReply> SendAsync(ApiCall call, CancellationToken cancellationToken) =>
        _connection.SendAsync(call, cancellationToken);

    private Task<ResourceKind> KindAsync(ObjectReference reference, CancellationToken cancellationToken) =>
        _discovery.FindAsync(reference.ApiVersion, reference.Kind, cancellationToken);

    private string PathOf(ResourceKind kind, ObjectReference reference)
    {
        // An empty name would be the path of the whole collection, and a DELETE there deletes all of it.
        if (string.IsNullOrEmpty(reference.Name))
            throw new ApiException(400, "", $"A {reference.Kind} needs a name.", []);

        var ns = string.IsNullOrEmpty(reference.Namespace) ? _access.Namespace : reference.Namespace;
        return $"{kind.Collection(ns)}/{Uri.EscapeDataString(reference.Name)}";
    }

    private static string Selected(ObjectReference reference, string? selector)
    {
        var labels = selector is null ? "" : $"&labelSelector={Uri.EscapeDataString(selector)}";
        return reference.Name is null
            ? labels
            : $"{labels}&fieldSelector={Uri.EscapeDataString($"metadata.name={reference.Name}")}";
    }
}

/// <summary>All that a list brought.</summary>
/// <param name="Version">the place in the cluster's history that it shows, from which a watch goes on</param>
internal sealed record ObjectList(IReadOnlyList<JsonElement> Items, string Version);
