using System.Globalization;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Helm.Charts;
using PlatformBot.Sandbox.Twin.Kustomize;
using PlatformBot.Sandbox.Twin.Services;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Applications;

/// <summary>What looks at the platform by its public names, as people do: Gatus, Kromgo; and the silences that Alertmanager is told.</summary>
internal sealed class Lookouts(TwinWorld world)
{
    private readonly PublicNames _names = new(world);
    private readonly ApplicationPrograms _applications = new(world);

    /// <summary>What a lookout's pod answers over HTTP; null for pods of others.</summary>
    public ServiceAnswer? Answer(TwinCluster cluster, JsonObject pod, string path) =>
        (pod.Label("app.kubernetes.io/name"), path.Split('?')[0]) switch
        {
            ("gatus", "/api/v1/endpoints/statuses") => ServiceAnswer.Json(200, Statuses(cluster, pod)),
            ("kromgo", var badge) when badge.StartsWith("/badges/", StringComparison.Ordinal) => Badge(cluster, badge),
            ("vmalertmanager", "/api/v2/silences") => ServiceAnswer.Json(200, Silences(cluster, path)),
            _ => null,
        };

    /// <summary>What Gatus sees: name and whether it answers as it should; nothing while Gatus does not run.</summary>
    public IReadOnlyList<(string Name, bool Answers)> Seen(TwinCluster cluster) =>
        Pods.FirstReady(cluster, "observability", "app.kubernetes.io/name", "gatus") is { } gatus
            ?
            [
                .. Statuses(cluster, gatus)
                    .OfType<JsonObject>()
                    .Select(one => (one.Text("name"), one.Items("results").All(result => result.Is("success")))),
            ]
            : [];

    private JsonArray Statuses(TwinCluster cluster, JsonObject pod)
    {
        var config = cluster.Objects.View(new ObjectKey("v1", "ConfigMap", pod.Namespace(), "gatus"));
        var endpoints = YamlText.ReadMapping(config.Text("data", "config.yaml")).ItemsAt("endpoints");
        return new JsonArray([.. endpoints.OfType<JsonObject>().Select(endpoint => (JsonNode)Status(endpoint))]);
    }

    private JsonObject Status(JsonObject endpoint)
    {
        var (name, group) = (endpoint.Text("name"), endpoint.Text("group"));
        var answer = Ask(endpoint.Text("url"));
        var wanted = endpoint
            .ItemsAt("conditions")
            .Select(condition => condition.Text())
            .Select(text => text.StartsWith("[STATUS] == ", StringComparison.Ordinal) ? text[12..] : "")
            .FirstOrDefault(text => text.Length > 0, "200");
        var result = new JsonObject
        {
            ["status"] = answer?.Status ?? 0,
            ["hostname"] = Uri.TryCreate(endpoint.Text("url"), UriKind.Absolute, out var uri) ? uri.Host : "",
            ["success"] = $"{answer?.Status}" == wanted,
            ["timestamp"] = Timestamp.Of(world.Clock),
        };
        return new JsonObject
        {
            ["name"] = name,
            ["group"] = group,
            ["key"] = $"{group}_{name}",
            ["results"] = new JsonArray(result),
        };
    }

    /// <summary>Null when nobody answers.</summary>
    private ServiceAnswer? Ask(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri))
            return null;

        var (cluster, pod) = _names.Behind(uri.Host);
        return cluster is null || pod is null
            ? null
            : _applications.Answer(cluster, pod, uri.PathAndQuery)
                ?? (
                    pod.Label("app") == "keycloak"
                        ? Keycloak.Answer(cluster, pod, uri.AbsolutePath)
                        : Answer(cluster, pod, uri.PathAndQuery)
                );
    }

    private static ServiceAnswer Badge(TwinCluster cluster, string path)
    {
        var nodes = cluster.Objects.View("v1", "Node").Count(node => node.Holds("Ready"));
        return path == "/badges/cluster_node_count"
            ? ServiceAnswer.Json(
                200,
                Manifest.Map(("label", "cluster_node_count"), ("message", nodes.ToString(CultureInfo.InvariantCulture)))
            )
            : ServiceAnswer.Json(200, """{"label":"badge","message":"0"}""");
    }

    /// <summary>What the operator has told Alertmanager, a silence for each object: those that match the request's filter (NAME="VALUE").</summary>
    private JsonArray Silences(TwinCluster cluster, string path)
    {
        var told = Pods.IsAvailable(cluster, "observability", "silence-operator")
            ? cluster.Objects.View(SilenceOperatorChart.ApiVersion, "Silence").Where(one => !one.IsEnding())
            : [];
        var filter = Uri.UnescapeDataString(path).Split("?filter=") is [_, var wanted] ? wanted : null;
        return new JsonArray([
            .. told.Where(silence => filter is null || Matchers(silence).Contains(filter)).Select(Told),
        ]);
    }

    private static IEnumerable<string> Matchers(JsonObject silence) =>
        silence
            .Items("spec", "matchers")
            .Select(one => $"{one.Text("name")}{one.Text("matchType")}\"{one.Text("value")}\"");

    private JsonObject Told(JsonObject silence) =>
        new()
        {
            ["id"] = silence.Uid(),
            ["status"] = new JsonObject { ["state"] = IsOver(silence) ? "expired" : "active" },
            ["createdBy"] = "silence-operator",
            ["comment"] = $"silence-operator-{silence.Namespace()}-{silence.Name()}",
            ["matchers"] = silence.At("spec", "matchers")?.DeepClone(),
        };

    /// <summary>It lasts from when it was made; one without a duration has no end.</summary>
    private bool IsOver(JsonObject silence) =>
        silence.At("spec", "duration") is { } duration
        && Timestamp.Read(silence.Text("metadata", "creationTimestamp"))
            + Flux.Conditions.Duration(duration, TimeSpan.Zero)
            < world.Clock.GetUtcNow();
}
