using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>The kinds that a cluster serves at this moment: the built-in ones and those of its established CRDs.</summary>
public static class ResourceTable
{
    private const string Crds = "apiextensions.k8s.io/v1";

    public static IEnumerable<Resource> Of(TwinCluster cluster) => BuiltInResources.All.Concat(Custom(cluster));

    public static Resource? Find(TwinCluster cluster, string apiVersion, string kind) =>
        Of(cluster).FirstOrDefault(resource => resource.ApiVersion == apiVersion && resource.Kind == kind);

    public static Resource? FindPlural(TwinCluster cluster, string group, string version, string plural) =>
        Of(cluster)
            .FirstOrDefault(resource =>
                resource.Plural == plural && resource.Group == group && resource.Version == version
            );

    public static bool HasGroup(TwinCluster cluster, string group) =>
        Of(cluster).Any(resource => resource.Group == group);

    private static IEnumerable<Resource> Custom(TwinCluster cluster) =>
        cluster
            .Objects.View(Crds, "CustomResourceDefinition")
            .Where(definition => definition.Holds("Established"))
            .SelectMany(Versions);

    private static IEnumerable<Resource> Versions(JsonObject definition)
    {
        var versions = definition.Items("spec", "versions").Where(version => version.Is("served")).ToList();
        var storage = definition.Items("spec", "versions").FirstOrDefault(version => version.Is("storage"));

        return versions.Select(version => new Resource(
            Group: definition.Text("spec", "group"),
            Version: version.Text("name"),
            Plural: definition.Text("spec", "names", "plural"),
            Kind: definition.Text("spec", "names", "kind"),
            Namespaced: definition.Text("spec", "scope") != "Cluster",
            ShortNames: Names(definition.At("spec", "names", "shortNames")),
            Subresources: Names(version.At("subresources")),
            StorageVersion: (storage ?? version).Text("name"),
            Custom: true
        ));
    }

    private static string[] Names(JsonNode? node) =>
        node switch
        {
            JsonArray names => [.. names.Select(name => name.Text())],
            JsonObject subresources => [.. subresources.Select(pair => pair.Key)],
            _ => [],
        };
}
