using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Helm;

/// <summary>Kubernetes objects in few words, for charts and controllers.</summary>
internal static class Manifest
{
    public static JsonObject New(string apiVersion, string kind, string ns, string name)
    {
        var metadata = new JsonObject { ["name"] = name };

        if (ns.Length > 0)
            metadata["namespace"] = ns;

        return new JsonObject
        {
            ["apiVersion"] = apiVersion,
            ["kind"] = kind,
            ["metadata"] = metadata,
        };
    }

    public static JsonObject With(this JsonObject json, string field, JsonNode? value)
    {
        json[field] = value;
        return json;
    }

    public static JsonObject Labelled(this JsonObject json, params (string Key, string Value)[] labels) =>
        json.Marked("labels", Map(labels));

    public static JsonObject Annotated(this JsonObject json, params (string Key, string Value)[] annotations) =>
        json.Marked("annotations", Map(annotations));

    /// <summary>Adds to the metadata's labels or annotations.</summary>
    public static JsonObject Marked(this JsonObject json, string field, JsonObject pairs)
    {
        var metadata = json["metadata"]!.AsObject();

        if (metadata[field] is not JsonObject marks)
            metadata[field] = marks = [];

        foreach (var (key, value) in pairs)
            marks[key] = value?.DeepClone();

        return json;
    }

    public static JsonObject Map(params (string Key, string Value)[] pairs)
    {
        var map = new JsonObject();

        foreach (var (key, value) in pairs)
            map[key] = value;

        return map;
    }

    public static JsonObject ConfigMap(string ns, string name, params (string Key, string Value)[] data) =>
        New("v1", "ConfigMap", ns, name).With("data", Map(data));

    public static JsonObject ServiceAccount(string ns, string name) => New("v1", "ServiceAccount", ns, name);

    /// <param name="ports">name and number</param>
    public static JsonObject Service(
        string ns,
        string name,
        JsonObject selector,
        params (string Name, int Port)[] ports
    ) =>
        New("v1", "Service", ns, name)
            .With(
                "spec",
                new JsonObject
                {
                    ["selector"] = selector.DeepClone(),
                    ["ports"] = new JsonArray([
                        .. ports.Select(port => new JsonObject
                        {
                            ["name"] = port.Name,
                            ["port"] = port.Port,
                            ["protocol"] = "TCP",
                            ["targetPort"] = port.Port,
                        }),
                    ]),
                }
            );

    public static JsonObject ServiceMonitor(string ns, string name, string app) =>
        Monitor("ServiceMonitor", ns, name, app).With("spec", Endpoints("endpoints", app));

    public static JsonObject PodMonitor(string ns, string name, string app) =>
        Monitor("PodMonitor", ns, name, app).With("spec", Endpoints("podMetricsEndpoints", app));

    private static JsonObject Monitor(string kind, string ns, string name, string app) =>
        New("monitoring.coreos.com/v1", kind, ns, name).Labelled(("app.kubernetes.io/name", app));

    private static JsonObject Endpoints(string field, string app) =>
        new()
        {
            ["selector"] = new JsonObject { ["matchLabels"] = Map(("app.kubernetes.io/name", app)) },
            [field] = new JsonArray(new JsonObject { ["port"] = "metrics" }),
        };

    /// <summary>A CRD that takes any content: what a kind means is its controller's affair.</summary>
    public static JsonObject Crd(
        string group,
        string kind,
        string plural,
        bool namespaced = true,
        params string[] versions
    ) =>
        New("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", $"{plural}.{group}")
            .With(
                "spec",
                new JsonObject
                {
                    ["group"] = group,
                    ["names"] = new JsonObject
                    {
                        ["kind"] = kind,
                        ["listKind"] = $"{kind}List",
                        ["plural"] = plural,
                        ["singular"] = kind.ToLowerInvariant(),
                    },
                    ["scope"] = namespaced ? "Namespaced" : "Cluster",
                    ["versions"] = new JsonArray([.. versions.Select(CrdVersion)]),
                }
            );

    private static JsonObject CrdVersion(string version, int index) =>
        new()
        {
            ["name"] = version,
            ["served"] = true,
            ["storage"] = index == 0,
            ["schema"] = new JsonObject
            {
                ["openAPIV3Schema"] = new JsonObject
                {
                    ["type"] = "object",
                    ["x-kubernetes-preserve-unknown-fields"] = true,
                },
            },
            ["subresources"] = new JsonObject { ["status"] = new JsonObject() },
        };
}
