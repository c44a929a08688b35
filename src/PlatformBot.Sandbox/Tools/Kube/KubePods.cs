using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Tools.Kube;

/// <summary>Finds the pod that a command is about: by its name, or the first running one of a workload.</summary>
internal static class KubePods
{
    public static async Task<KubeTarget> FindAsync(KubeAccess access, Flags flags)
    {
        var resources = await access.ResourcesAsync();
        var ns = flags.Get("namespace", access.DefaultNamespace);
        var written =
            flags.Words.FirstOrDefault()
            ?? throw new ToolException("error: pod, type/name or --filename must be specified");
        var pods = resources.Named("pods");

        if (written.Split('/', 2) is not [var type, var name])
            return new KubeTarget(pods, ns, written);

        if (resources.Named(type) is var kind && kind == pods)
            return new KubeTarget(pods, ns, name);

        var workload = (await access.GetAsync(kind.PathOf(ns, name))).Json;
        var labels = (workload["spec"]?["selector"]?["matchLabels"] as JsonObject ?? []).Select(label =>
            $"{label.Key}={label.Value}"
        );
        var list = await access.GetAsync(pods.PathOf(ns) + KubeTargets.Query(string.Join(',', labels)));
        var running =
            KubeTargets.Items(list.Json).FirstOrDefault(pod => (string?)pod["status"]?["phase"] == "Running")
            ?? throw new ToolException($"error: timed out waiting for the condition: no running pod of {written}");
        return new KubeTarget(pods, ns, KubeTargets.Name(running));
    }
}
