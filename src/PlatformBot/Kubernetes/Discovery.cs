using System.Text.Json;

namespace PlatformBot.Kubernetes;

/// <summary>What one cluster serves: asked once, and again when something is not there. Safe to use from several places at once.</summary>
/// <remarks>
/// Two requests tell everything (aggregated discovery, served since 1.26); an older server is asked group by group. A group whose
/// backend is down is unknown for now, which is not the same as missing.
/// </remarks>
internal sealed class Discovery(string cluster, ClusterConnection connection, TimeProvider clock) : IDisposable
{
    private const string Aggregated =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
        + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

    /// <summary>Somebody who waits for a CRD asks again and again; the server need not hear each of it.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1);
    private volatile Served _served = new([], [], Asked: null);

    /// <exception cref="UnknownKindException">Its CRD is not installed.</exception>
    /// <exception cref="ApiException">The server does not answer, or the group's own server does not.</exception>
    public async Task<ResourceKind> FindAsync(string apiVersion, string kind, CancellationToken cancellationToken)
    {
        if (_served.Find(apiVersion, kind) is { } known)
            return known;

        await _one.WaitAsync(cancellationToken);

        try
        {
            // Whoever had the turn before may have asked already.
            if (_served.Find(apiVersion, kind) is { } meanwhile)
                return meanwhile;

            if (!IsFresh(_served))
                _served = await AskAsync(cancellationToken);
        }
        finally
        {
            _one.Release();
        }

        if (_served.Find(apiVersion, kind) is { } found)
            return found;

        var group = apiVersion.Split('/')[0];
        throw _served.Silent.Contains(group)
            ? new ApiException(503, "ServiceUnavailable", $"what serves {group} does not answer its API server", [])
            : new UnknownKindException(apiVersion, kind, cluster);
    }

    /// <summary>After a CRD was applied, or when a known kind is suddenly not there.</summary>
    public void Forget() => _served = new([], [], Asked: null);

    public void Dispose() => _one.Dispose();

    private bool IsFresh(Served served) => served.Asked is { } asked && clock.GetElapsedTime(asked) < Fresh;

    private async Task<Served> AskAsync(CancellationToken cancellationToken)
    {
        var asked = clock.GetTimestamp();
        var answers = await Task.WhenAll(AskAsync("/api", cancellationToken), AskAsync("/apis", cancellationToken));

        if (answers.All(answer => answer.Text("kind") == "APIGroupDiscoveryList"))
        {
            var groups = answers.SelectMany(answer => answer.Items("items")).ToList();
            return new(Kinds(groups), Silent(groups), asked);
        }

        return await AskGroupsAsync(answers[1], asked, cancellationToken);
    }

    private async Task<JsonElement> AskAsync(string path, CancellationToken cancellationToken) =>
        (await connection.SendAsync(ApiCall.Get(path) with { Accept = Aggregated }, cancellationToken)).Json;

    private static Dictionary<(string, string), ResourceKind> Kinds(IEnumerable<JsonElement> groups)
    {
        var kinds = new Dictionary<(string, string), ResourceKind>();

        foreach (var group in groups)
        {
            foreach (var version in group.Items("versions"))
            {
                var apiVersion = ApiVersion(group.Text("metadata", "name"), version.Text("version"));

                foreach (var resource in version.Items("resources"))
                {
                    var kind = new ResourceKind(
                        apiVersion,
                        resource.Text("responseKind", "kind") ?? "",
                        resource.Text("resource") ?? "",
                        resource.Text("scope") == "Namespaced"
                    );
                    kinds.TryAdd((apiVersion, kind.Kind), kind);
                }
            }
        }

        return kinds;
    }

    private static HashSet<string> Silent(IEnumerable<JsonElement> groups) =>
        [
            .. groups
                .Where(group => group.Items("versions").Any(version => version.Text("freshness") == "Stale"))
                .Select(group => group.Text("metadata", "name") ?? ""),
        ];

    /// <summary>The way of servers before 1.26: the core, then each version of each group.</summary>
    private async Task<Served> AskGroupsAsync(JsonElement groups, long asked, CancellationToken cancellationToken)
    {
        var versions = groups
            .Items("groups")
            .SelectMany(group => group.Items("versions"))
            .Select(version => version.Text("groupVersion"))
            .OfType<string>()
            .Prepend("v1");
        var kinds = new Dictionary<(string, string), ResourceKind>();
        var silent = new HashSet<string>();

        foreach (var apiVersion in versions)
        {
            try
            {
                var list = await connection.SendAsync(ApiCall.Get(ResourceKind.RootOf(apiVersion)), cancellationToken);

                foreach (var kind in list.Json.Items("resources").Select(each => Kind(apiVersion, each)))
                    kinds.TryAdd((apiVersion, kind.Kind), kind);
            }
            catch (ApiException error) when (error.Code == 503)
            {
                silent.Add(apiVersion.Split('/')[0]);
            }
        }

        return new(kinds, silent, asked);
    }

    private static ResourceKind Kind(string apiVersion, JsonElement resource)
    {
        var plural = resource.Text("name") ?? "";

        // "pods/log": a part of a kind, found under no kind of its own.
        return plural.Contains('/', StringComparison.Ordinal)
            ? new(apiVersion, plural, plural, Namespaced: true)
            : new(
                apiVersion,
                resource.Text("kind") ?? "",
                plural,
                resource.At("namespaced").ValueKind == JsonValueKind.True
            );
    }

    private static string ApiVersion(string? group, string? version) =>
        string.IsNullOrEmpty(group) ? version ?? "" : $"{group}/{version}";

    /// <param name="Silent">groups whose own server does not answer</param>
    /// <param name="Asked">timestamp; null when nobody has asked</param>
    private sealed record Served(
        Dictionary<(string ApiVersion, string Kind), ResourceKind> Kinds,
        HashSet<string> Silent,
        long? Asked
    )
    {
        public ResourceKind? Find(string apiVersion, string kind) => Kinds.GetValueOrDefault((apiVersion, kind));
    }
}

/// <summary>A kind that a server serves.</summary>
/// <param name="Plural">its word in paths: "deployments"</param>
internal sealed record ResourceKind(string ApiVersion, string Kind, string Plural, bool Namespaced)
{
    /// <summary>"/api/v1" for the core, "/apis/apps/v1" for any other group.</summary>
    public static string RootOf(string apiVersion) =>
        apiVersion.Contains('/', StringComparison.Ordinal) ? $"/apis/{apiVersion}" : $"/api/{apiVersion}";

    /// <param name="ns">null or "" is all namespaces</param>
    public string Collection(string? ns) =>
        Namespaced && !string.IsNullOrEmpty(ns)
            ? $"{RootOf(ApiVersion)}/namespaces/{Uri.EscapeDataString(ns)}/{Plural}"
            : $"{RootOf(ApiVersion)}/{Plural}";
}

/// <summary>The cluster does not know this kind (yet): its CRD is not installed.</summary>
internal sealed class UnknownKindException(string apiVersion, string kind, string cluster)
    : Exception($"{cluster} knows no kind {kind} in {apiVersion}: its CRD is not installed");
