using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>The values that the API server fills in where the sender left them out.</summary>
internal static class Defaults
{
    // csharpier-ignore-start - a table of kind → JSON
    private static readonly Dictionary<string, string> ByKind = new()
    {
        ["Deployment"] = """{"spec":{"replicas":1,"strategy":{"type":"RollingUpdate"},"revisionHistoryLimit":10,"progressDeadlineSeconds":600}}""",
        ["DaemonSet"] = """{"spec":{"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":1,"maxSurge":0}},"revisionHistoryLimit":10}}""",
        ["StatefulSet"] = """{"spec":{"replicas":1,"podManagementPolicy":"OrderedReady","updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":0}},"revisionHistoryLimit":10}}""",
        ["Job"] = """{"spec":{"parallelism":1,"completions":1,"backoffLimit":6,"completionMode":"NonIndexed","suspend":false,"manualSelector":false}}""",
        ["Secret"] = """{"type":"Opaque"}""",
        ["Service"] = """{"spec":{"type":"ClusterIP","sessionAffinity":"None","internalTrafficPolicy":"Cluster"}}""",
        ["StorageClass"] = """{"reclaimPolicy":"Delete","volumeBindingMode":"Immediate"}""",
        ["PersistentVolumeClaim"] = """{"spec":{"volumeMode":"Filesystem"},"status":{"phase":"Pending"}}""",
        ["Namespace"] = """{"spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}}""",
        ["Pod"] = """{"status":{"phase":"Pending","qosClass":"BestEffort"}}""",
    };

    private const string PodSpec = """
        {"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","securityContext":{},"schedulerName":"default-scheduler"}
        """;

    private const string Container = """
        {"resources":{},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}
        """;
    // csharpier-ignore-end

    public static void Fill(JsonObject json, Resource resource, TwinCluster cluster)
    {
        if (resource.Custom)
            return;

        // An object that is ending keeps what it has: a namespace's finalizer must be able to go.
        if (ByKind.TryGetValue(resource.Kind, out var defaults) && !json.IsEnding())
            Add(json, Parse(defaults));

        FillSpecial(json, resource, cluster);

        if (resource.Group is "apps" or "batch" && json.At("spec", "template", "spec") is JsonObject template)
            FillPod(template);
        else if (resource.Kind == "Pod" && json["spec"] is JsonObject pod)
            FillPod(pod);
    }

    public static void FillPod(JsonObject spec)
    {
        Add(spec, Parse(PodSpec));

        foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers")))
        {
            Add(container, Parse(Container));

            if (container["imagePullPolicy"] is null)
                container["imagePullPolicy"] = IsLatest(container.Text("image")) ? "Always" : "IfNotPresent";

            foreach (var port in container.Items("ports"))
                port["protocol"] ??= "TCP";
        }
    }

    private static void FillSpecial(JsonObject json, Resource resource, TwinCluster cluster)
    {
        switch (resource.Kind)
        {
            case "Namespace":
                json.Section("metadata", "labels")["kubernetes.io/metadata.name"] = json.Name();
                break;
            case "Deployment" when json.Text("spec", "strategy", "type") == "RollingUpdate":
                Add(
                    json.Section("spec", "strategy"),
                    Parse("""{"rollingUpdate":{"maxUnavailable":"25%","maxSurge":"25%"}}""")
                );
                break;
            case "Service":
                ServiceAddresses.Fill(json, cluster);
                break;
        }
    }

    private static bool IsLatest(string image)
    {
        var tag = image[(image.LastIndexOf('/') + 1)..];
        return !tag.Contains(':', StringComparison.Ordinal) || tag.EndsWith(":latest", StringComparison.Ordinal);
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private static void Add(JsonObject json, JsonObject defaults)
    {
        foreach (var (name, value) in defaults)
        {
            if (json[name] is JsonObject below && value is JsonObject more)
                Add(below, more);
            else if (json[name] is null)
                json[name] = value?.DeepClone();
        }
    }
}
