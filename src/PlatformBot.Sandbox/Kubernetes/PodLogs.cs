using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>pods/log: what a container has written.</summary>
internal static class PodLogs
{
    public static ApiAnswer Read(ApiRequest request)
    {
        var pod = Lists.Get(request);

        if (pod.Text("spec", "nodeName").Length == 0)
            return ApiAnswer.Plain("", 204);

        var container = ContainerOf(pod, request.Query("container"));
        var status = pod.Items("status", "containerStatuses")
            .Concat(pod.Items("status", "initContainerStatuses"))
            .FirstOrDefault(found => found.Text("name") == container);
        CheckStarted(pod, container, status, request.IsSet("previous"));

        var image = pod.Items("spec", "containers")
            .Concat(pod.Items("spec", "initContainers"))
            .First(found => found.Text("name") == container)
            .Text("image");
        var asked = new LogRequest(request.Namespace, request.Name, container, image, request.IsSet("previous"));
        var text = request.Cluster.Logs?.Invoke(asked) ?? Canned(pod, container, request.Cluster);
        return ApiAnswer.Plain(Tail(text, request.Query("tailLines")));
    }

    /// <summary>The container that is meant, in the words of the kubelet where there is none.</summary>
    public static string ContainerOf(JsonObject pod, string asked)
    {
        var names = pod.Items("spec", "containers").Select(container => container.Text("name")).ToList();

        if (asked.Length == 0 && names.Count > 1)
        {
            throw Refusals.BadRequest(
                $"a container name must be specified for pod {pod.Name()}, choose one of: [{string.Join(' ', names)}]"
            );
        }

        if (asked.Length == 0)
            return names[0];

        var all = names.Concat(pod.Items("spec", "initContainers").Select(container => container.Text("name")));
        return all.Contains(asked)
            ? asked
            : throw Refusals.BadRequest($"container {asked} is not valid for pod {pod.Name()}");
    }

    private static void CheckStarted(JsonObject pod, string container, JsonObject? status, bool previous)
    {
        if (previous && (status.Whole("restartCount") ?? 0) == 0)
        {
            throw Refusals.BadRequest(
                $"previous terminated container \"{container}\" in pod \"{pod.Name()}\" not found"
            );
        }

        var reason = status.Text("state", "waiting", "reason");

        if (status is not null && (reason.Length == 0 || reason == "CrashLoopBackOff"))
            return;

        var why =
            reason is "ErrImagePull" or "ImagePullBackOff" ? "trying and failing to pull image"
            : reason.Length == 0 ? "ContainerCreating"
            : reason;
        throw Refusals.BadRequest($"container \"{container}\" in pod \"{pod.Name()}\" is waiting to start: {why}\n");
    }

    private static string Canned(JsonObject pod, string container, TwinCluster cluster)
    {
        var started = pod.Text("status", "startTime");
        var trouble = cluster.Trouble?.Invoke(pod);
        var last =
            trouble is not null && trouble.Container == container
                ? $"{started} ERROR {trouble.Log}\n"
                : $"{started} INFO ready\n";
        return $"{started} INFO starting {container}\n{last}";
    }

    private static string Tail(string text, string lines)
    {
        if (!int.TryParse(lines, out var count))
            return text;

        var all = text.TrimEnd('\n').Split('\n');
        return count <= 0 ? "" : string.Join('\n', all.TakeLast(count)) + "\n";
    }
}
