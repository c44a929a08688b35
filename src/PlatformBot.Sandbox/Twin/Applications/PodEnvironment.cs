using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Applications;

/// <summary>The environment of the programs in a pod, as its Secrets are now.</summary>
internal static class PodEnvironment
{
    /// <summary>The first container's variable of that name, written out or from a Secret; "" when it has none.</summary>
    public static string Of(TwinCluster cluster, JsonObject pod, string variable)
    {
        var found = Pods.Containers(pod)
            .SelectMany(container => container.ItemsAt("env"))
            .FirstOrDefault(one => one.TextAt("name") == variable);
        var reference = found.NodeAt("valueFrom.secretKeyRef");
        return reference is null
            ? found.TextAt("value")
            : SecretText.Of(cluster.Objects, pod.Namespace(), reference.TextAt("name"), reference.TextAt("key")) ?? "";
    }
}
