using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Helm;

/// <summary>Releases as Secrets `sh.helm.release.v1.NAME.vN`, one per revision, as Helm keeps them.</summary>
internal static class ReleaseStore
{
    /// <summary>All revisions of a release, oldest first.</summary>
    public static IReadOnlyList<HelmRelease> History(TwinCluster cluster, string ns, string release) =>
        [.. All(cluster, ns).Where(one => one.Name == release).OrderBy(one => one.Revision)];

    /// <summary>All revisions of all releases in one namespace or in all.</summary>
    public static IEnumerable<HelmRelease> All(TwinCluster cluster, string? ns) =>
        cluster
            .Objects.View("v1", "Secret", ns)
            .Where(secret => (string?)secret["type"] == "helm.sh/release.v1")
            .Select(Read);

    public static void Write(TwinCluster cluster, HelmRelease release)
    {
        var content = new JsonObject
        {
            ["name"] = release.Name,
            ["namespace"] = release.Namespace,
            ["version"] = release.Revision,
            ["info"] = new JsonObject
            {
                ["first_deployed"] = $"{release.FirstDeployed:O}",
                ["last_deployed"] = $"{release.LastDeployed:O}",
                ["description"] = release.Description,
                ["status"] = release.Status,
            },
            ["chart"] = new JsonObject
            {
                ["metadata"] = Manifest.Map(
                    ("name", release.Chart),
                    ("version", release.ChartVersion),
                    ("appVersion", release.AppVersion)
                ),
            },
            ["config"] = release.Values.DeepClone(),
            ["objects"] = new JsonArray([.. release.Objects.Select(ToJson)]),
        };
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(content.ToJsonString()));

        // Helm encodes once, the Secret a second time.
        cluster.Objects.Put(
            Manifest
                .New("v1", "Secret", release.Namespace, $"sh.helm.release.v1.{release.Name}.v{release.Revision}")
                .Labelled(
                    ("name", release.Name),
                    ("owner", "helm"),
                    ("status", release.Status),
                    ("version", $"{release.Revision}")
                )
                .With("type", "helm.sh/release.v1")
                .With("data", Manifest.Map(("release", Convert.ToBase64String(Encoding.ASCII.GetBytes(encoded)))))
        );
    }

    public static void Remove(TwinCluster cluster, HelmRelease release) =>
        cluster.Objects.Delete(
            new ObjectKey("v1", "Secret", release.Namespace, $"sh.helm.release.v1.{release.Name}.v{release.Revision}")
        );

    private static HelmRelease Read(JsonObject secret)
    {
        var once = Encoding.ASCII.GetString(Convert.FromBase64String((string)secret["data"]!["release"]!));
        var json = JsonNode.Parse(Convert.FromBase64String(once))!;
        var chart = json["chart"]!["metadata"]!;

        return new HelmRelease(
            (string)json["name"]!,
            (string)json["namespace"]!,
            (int)json["version"]!,
            (string)json["info"]!["status"]!,
            (string)chart["name"]!,
            (string)chart["version"]!,
            (string)chart["appVersion"]!,
            Time(json["info"]!["first_deployed"]!),
            Time(json["info"]!["last_deployed"]!),
            (string)json["info"]!["description"]!,
            (JsonObject)json["config"]!.DeepClone(),
            [.. json["objects"]!.AsArray().Select(key => ToKey(key!))]
        );
    }

    private static DateTimeOffset Time(JsonNode text) =>
        DateTimeOffset.Parse((string)text!, CultureInfo.InvariantCulture);

    private static JsonArray ToJson(ObjectKey key) => new(key.ApiVersion, key.Kind, key.Namespace, key.Name);

    private static ObjectKey ToKey(JsonNode json) =>
        new((string)json[0]!, (string)json[1]!, (string)json[2]!, (string)json[3]!);
}
