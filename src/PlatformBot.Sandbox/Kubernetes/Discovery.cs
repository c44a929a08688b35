using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>What the API says about itself: versions, groups and resources, in the old form and the aggregated one.</summary>
internal static class Discovery
{
    private static readonly string[] Verbs =
    [
        "create",
        "delete",
        "deletecollection",
        "get",
        "list",
        "patch",
        "update",
        "watch",
    ];
    private static readonly string[] SubresourceVerbs = ["get", "patch", "update"];

    public const string AggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    /// <summary>True when the second version of the aggregated form is among what is accepted; who knows only the first gets the old form.</summary>
    public static bool AsksAggregated(string accept) =>
        accept
            .Split(',')
            .Select(offer => offer.Split(';', StringSplitOptions.TrimEntries))
            .Any(parts => parts.Contains("as=APIGroupDiscoveryList") && parts.Contains("v=v2"));

    /// <param name="version">"1.34.1"</param>
    public static JsonNode Version(string version)
    {
        var minor = int.Parse(version.Split('.')[1], System.Globalization.CultureInfo.InvariantCulture);
        return JsonNode.Parse(
            $$"""
            {"major":"1","minor":"{{minor}}","emulationMajor":"1","emulationMinor":"{{minor}}","minCompatibilityMajor":"1",
             "minCompatibilityMinor":"{{minor
                - 1}}","gitVersion":"v{{version}}","gitCommit":"twin","gitTreeState":"clean",
             "buildDate":"2025-09-09T19:37:40Z","goVersion":"go1.24.6","compiler":"gc","platform":"linux/amd64"}
            """
        )!;
    }

    public static JsonObject CoreVersions() => new() { ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1") };

    public static JsonObject Groups(TwinCluster cluster) =>
        new()
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray([.. Grouped(cluster, core: false).Select(group => Group(group.Key, group))]),
        };

    /// <summary>/apis/{group}; null when the group is not served.</summary>
    public static JsonObject? Group(TwinCluster cluster, string name)
    {
        if (Grouped(cluster, core: false).FirstOrDefault(group => group.Key == name) is not { } found)
            return null;

        var json = Group(name, found);
        json["kind"] = "APIGroup";
        json["apiVersion"] = "v1";
        return json;
    }

    /// <summary>/api/v1 or /apis/{group}/{version}; null when it is not served.</summary>
    public static JsonObject? Resources(TwinCluster cluster, string group, string version)
    {
        var served = ResourceTable.Of(cluster).Where(r => r.Group == group && r.Version == version).ToList();

        if (served.Count == 0)
            return null;

        var list = new JsonObject { ["kind"] = "APIResourceList" };

        if (group.Length > 0)
            list["apiVersion"] = "v1";

        list["groupVersion"] = served[0].ApiVersion;
        list["resources"] = new JsonArray([.. served.SelectMany(Entries)]);
        return list;
    }

    /// <summary>All groups (or the core group alone) with their resources in one answer.</summary>
    public static JsonObject Aggregated(TwinCluster cluster, bool core) =>
        new()
        {
            ["kind"] = "APIGroupDiscoveryList",
            ["apiVersion"] = "apidiscovery.k8s.io/v2",
            ["metadata"] = new JsonObject(),
            ["items"] = new JsonArray([.. Grouped(cluster, core).Select(AggregatedGroup)]),
        };

    private static IEnumerable<IGrouping<string, Resource>> Grouped(TwinCluster cluster, bool core) =>
        ResourceTable
            .Of(cluster)
            .Where(resource => resource.Group.Length == 0 == core)
            .GroupBy(resource => resource.Group);

    private static JsonObject Group(string name, IEnumerable<Resource> resources)
    {
        var versions = resources
            .Select(resource => resource.Version)
            .Distinct()
            .Select(version => new JsonObject { ["groupVersion"] = $"{name}/{version}", ["version"] = version })
            .ToList();

        return new JsonObject
        {
            ["name"] = name,
            ["versions"] = new JsonArray([.. versions]),
            ["preferredVersion"] = versions[0].DeepClone(),
        };
    }

    private static IEnumerable<JsonObject> Entries(Resource resource)
    {
        var entry = new JsonObject
        {
            ["name"] = resource.Plural,
            ["singularName"] = Singular(resource),
            ["namespaced"] = resource.Namespaced,
            ["kind"] = resource.Kind,
            ["verbs"] = Array(Verbs),
        };

        if (resource.ShortNames.Count > 0)
            entry["shortNames"] = Array(resource.ShortNames);

        yield return entry;

        foreach (var subresource in resource.Subresources)
        {
            yield return new JsonObject
            {
                ["name"] = $"{resource.Plural}/{subresource}",
                ["singularName"] = "",
                ["namespaced"] = resource.Namespaced,
                ["kind"] = resource.Kind,
                ["verbs"] = Array(SubresourceVerbs),
            };
        }
    }

    private static JsonObject AggregatedGroup(IGrouping<string, Resource> group) =>
        new()
        {
            ["metadata"] = group.Key.Length == 0 ? [] : new JsonObject { ["name"] = group.Key },
            ["versions"] = new JsonArray([
                .. group
                    .GroupBy(resource => resource.Version)
                    .Select(version => new JsonObject
                    {
                        ["version"] = version.Key,
                        ["resources"] = new JsonArray([.. version.Select(AggregatedResource)]),
                        ["freshness"] = "Current",
                    }),
            ]),
        };

    private static JsonObject AggregatedResource(Resource resource)
    {
        var entry = new JsonObject
        {
            ["resource"] = resource.Plural,
            ["responseKind"] = ResponseKind(resource),
            ["scope"] = resource.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = Singular(resource),
            ["verbs"] = Array(Verbs),
        };

        if (resource.ShortNames.Count > 0)
            entry["shortNames"] = Array(resource.ShortNames);

        var subresources = resource.Subresources.Select(name => new JsonObject
        {
            ["subresource"] = name,
            ["responseKind"] = ResponseKind(resource),
            ["verbs"] = Array(SubresourceVerbs),
        });
        entry["subresources"] = new JsonArray([.. subresources]);
        return entry;
    }

    // Built-in kinds leave out what equals the group they stand in.
    private static JsonObject ResponseKind(Resource resource) =>
        new()
        {
            ["group"] = resource.Custom ? resource.Group : "",
            ["version"] = resource.Custom ? resource.Version : "",
            ["kind"] = resource.Kind,
        };

    private static string Singular(Resource resource) => resource.Kind.ToLowerInvariant();

    private static JsonArray Array(IEnumerable<string> words) => [.. words.Select(word => JsonValue.Create(word))];
}
