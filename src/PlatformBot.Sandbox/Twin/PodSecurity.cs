using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin;

/// <summary>
/// The API server's PodSecurity admission, as Talos configures it: "baseline" everywhere except in kube-system and where a
/// namespace's label says otherwise.
/// </summary>
internal static class PodSecurity
{
    private static readonly string[] Harmless =
    [
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ];

    /// <summary>Why the pod is refused; null when it is not.</summary>
    public static string? Review(TwinCluster cluster, JsonObject pod)
    {
        var key = ObjectKey.Of(pod);
        var ns = cluster.Objects.View(new ObjectKey("v1", "Namespace", "", key.Namespace));
        var level = (string?)ns?["metadata"]?["labels"]?["pod-security.kubernetes.io/enforce"];

        if (level == "privileged" || level is null && key.Namespace == "kube-system")
            return null;

        var found = Violations(pod).ToList();
        return found.Count == 0
            ? null
            : $"pods \"{key.Name}\" is forbidden: violates PodSecurity \"baseline:latest\": {string.Join(", ", found)}";
    }

    private static IEnumerable<string> Violations(JsonObject pod)
    {
        if ((bool?)pod["spec"]?["hostNetwork"] is true)
            yield return "host namespaces (hostNetwork=true)";

        foreach (var volume in pod.ItemsAt("spec.volumes").Where(volume => volume?["hostPath"] is not null))
            yield return $"hostPath volumes (volume \"{volume.TextAt("name")}\")";

        foreach (var container in Pods.Containers(pod))
        {
            var added = container
                .ItemsAt("securityContext.capabilities.add")
                .Select(name => (string?)name)
                .Where(name => !Harmless.Contains(name))
                .Select(name => $"\"{name}\"")
                .ToList();

            if (added.Count > 0)
                yield return $"non-default capabilities (container \"{container.TextAt("name")}\" must not include {string.Join(", ", added)} in securityContext.capabilities.add)";

            if (container.FlagAt("securityContext.privileged"))
                yield return $"privileged (container \"{container.TextAt("name")}\" must not set securityContext.privileged=true)";
        }
    }
}
