using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Kustomize;

namespace PlatformBot.Sandbox.Twin.Flux;

/// <summary>What a HelmRelease is made from, and what is missing for it.</summary>
internal static class HelmInputs
{
    public static string NamespaceOf(JsonObject json) =>
        json.TextAt("spec.targetNamespace", ObjectKey.Of(json).Namespace);

    public static string NameOf(JsonObject json) =>
        json.TextAt(
            "spec.releaseName",
            json.TextAt("spec.targetNamespace") is { Length: > 0 } target
                ? $"{target}-{ObjectKey.Of(json).Name}"
                : ObjectKey.Of(json).Name
        );

    /// <summary>The chart's name and version: written in the release, or those of the OCIRepository that it names.</summary>
    public static (string Name, string Version) PinOf(TwinCluster cluster, JsonObject json)
    {
        if (OciSource(json) is not { } key)
            return (json.TextAt("spec.chart.spec.chart"), json.TextAt("spec.chart.spec.version").TrimStart('v'));

        var source = cluster.Objects.View(key);
        return (source.TextAt("spec.url").Split('/')[^1], source.TextAt("spec.ref.tag").TrimStart('v'));
    }

    private static ObjectKey? OciSource(JsonObject json) =>
        json["spec"]?["chartRef"] is { } reference
            ? new ObjectKey(
                FluxKinds.Source,
                reference.TextAt("kind"),
                reference.TextAt("namespace", ObjectKey.Of(json).Namespace),
                reference.TextAt("name")
            )
            : null;

    public static TimeSpan Timeout(JsonObject json) =>
        Conditions.Duration(json["spec"]?["timeout"], TimeSpan.FromMinutes(5));

    public static string Digest(JsonObject values) =>
        $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(values.ToJsonString())))}";

    /// <summary>Changes when the spec does, or anything that the values come from: what a controller's watches notice.</summary>
    public static string Fingerprint(TwinCluster cluster, JsonObject json)
    {
        var parts = json.ItemsAt("spec.valuesFrom")
            .Select(reference => Versioned(cluster, Referenced(json, reference!)))
            .Append((string?)json["metadata"]?["generation"]?.ToString())
            .Append(PinOf(cluster, json).Version);

        return string.Join('|', parts);
    }

    /// <summary>Why the dependencies hold it up; null when they do not.</summary>
    public static string? Dependency(TwinCluster cluster, JsonObject json)
    {
        var own = ObjectKey.Of(json);

        foreach (var entry in json.ItemsAt("spec.dependsOn"))
        {
            var key = own with { Namespace = entry.TextAt("namespace", own.Namespace), Name = entry.TextAt("name") };
            var other = cluster.Objects.View(key);

            if (other is null)
                return $"unable to get '{key.Namespace}/{key.Name}' dependency: helmreleases.helm.toolkit.fluxcd.io \"{key.Name}\" not found";

            if (!other.IsReady())
                return $"dependency '{key.Namespace}/{key.Name}' is not ready";
        }

        return null;
    }

    /// <summary>Why there is no chart yet; null when there is one.</summary>
    public static string? ChartTrouble(TwinCluster cluster, JsonObject json)
    {
        if (OciSource(json) is { } key)
            return OciTrouble(cluster, key);

        var own = ObjectKey.Of(json);
        var chart = json["spec"]?["chart"]?["spec"];
        var (name, version) = (chart.TextAt("chart"), chart.TextAt("version"));
        var source = chart?["sourceRef"];
        var ns = source.TextAt("namespace", own.Namespace);
        var repository = cluster.Objects.View(
            new ObjectKey(FluxKinds.Source, source.TextAt("kind", "HelmRepository"), ns, source.TextAt("name"))
        );
        var prefix = $"HelmChart '{ns}/{own.Namespace}-{own.Name}' is not ready: ";

        if (repository is null)
            return $"{prefix}failed to get source: helmrepositories.source.toolkit.fluxcd.io \"{source.TextAt("name")}\" not found";

        if (!repository.IsReady())
            return $"{prefix}latest generation of object has not been reconciled";

        return ChartShelf.Find(name, version, (string?)repository["spec"]?["url"]) is null
            ? $"{prefix}invalid chart reference: failed to get chart version for remote reference: no '{name}' chart with version matching '{version}' found"
            : null;
    }

    private static string? OciTrouble(TwinCluster cluster, ObjectKey key)
    {
        var source = cluster.Objects.View(key);

        return source is null
                ? $"could not get Source object: ocirepositories.source.toolkit.fluxcd.io \"{key.Name}\" not found"
            : source.IsReady() ? null
            : $"OCIRepository '{key.Namespace}/{key.Name}' is not ready: {Health.ConditionOf(source, "Ready")?["message"] ?? "latest generation of object has not been reconciled"}";
    }

    /// <summary>The merged values; answers why they cannot be had, or null.</summary>
    public static string? Values(TwinCluster cluster, JsonObject json, out JsonObject values)
    {
        values = [];

        foreach (var reference in json.ItemsAt("spec.valuesFrom"))
        {
            var (kind, name) = (reference.TextAt("kind"), reference.TextAt("name"));
            var key = reference.TextAt("valuesKey", "values.yaml");
            var found = cluster.Objects.View(Referenced(json, reference!));
            var place = $"{ObjectKey.Of(json).Namespace}/{name}";

            if (found is null || found["data"]?[key] is not { } data)
            {
                if (reference.FlagAt("optional"))
                    continue;

                return found is null
                    ? $"could not resolve {kind} chart values reference '{place}' with key '{key}': {kind.ToLowerInvariant()}s \"{name}\" not found"
                    : $"could not resolve {kind} chart values reference '{place}' with key '{key}': key '{key}' does not exist";
            }

            try
            {
                values = Helm.Values.Merge(values, YamlText.ReadMapping(Decode(kind, (string)data!)));
            }
            catch (FormatException trouble)
            {
                return $"unable to read values from key '{key}' in {kind} '{place}': {trouble.Message}";
            }
        }

        values = Helm.Values.Merge(values, json.MappingAt("spec.values"));
        return null;
    }

    /// <summary>`flux reconcile helmrelease --reset`: the failures so far are forgotten.</summary>
    public static void ResetIfAsked(JsonObject json)
    {
        var asked = (string?)json["metadata"]?["annotations"]?["reconcile.fluxcd.io/resetAt"];
        var status = json.StatusOf();

        if (asked is null || asked == (string?)status["lastHandledResetAt"])
            return;

        status["lastHandledResetAt"] = asked;
        status.Remove("installFailures");
        status.Remove("upgradeFailures");
    }

    public static void WriteHistory(JsonObject json, HelmRelease release, string digest, DateTimeOffset now)
    {
        var status = json.StatusOf();
        status["lastAttemptedReleaseAction"] = release.Revision == 1 ? "install" : "upgrade";
        status["lastAttemptedConfigDigest"] = digest;
        status["history"] = new JsonArray(
            new JsonObject
            {
                ["appVersion"] = release.AppVersion,
                ["chartName"] = release.Chart,
                ["chartVersion"] = release.ChartVersion,
                ["digest"] = digest,
                ["firstDeployed"] = Timestamp.Of(release.FirstDeployed),
                ["lastDeployed"] = Timestamp.Of(now),
                ["name"] = release.Name,
                ["namespace"] = release.Namespace,
                ["status"] = release.Status,
                ["version"] = release.Revision,
            }
        );
    }

    private static string Decode(string kind, string data) => kind == "Secret" ? SecretText.Decode(data) : data;

    private static ObjectKey Referenced(JsonObject json, JsonNode reference) =>
        new("v1", reference.TextAt("kind"), ObjectKey.Of(json).Namespace, reference.TextAt("name"));

    private static string? Versioned(TwinCluster cluster, ObjectKey key) =>
        (string?)cluster.Objects.View(key)?["metadata"]?["resourceVersion"];
}
