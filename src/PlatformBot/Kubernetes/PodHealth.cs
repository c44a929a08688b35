using System.Text.Json;

namespace PlatformBot.Kubernetes;

/// <summary>What is wrong with a pod, in the words of its containers.</summary>
internal static class PodHealth
{
    /// <summary>"ImagePullBackOff: Back-off pulling image …"; null when nothing is wrong with it.</summary>
    public static string? Trouble(JsonElement pod)
    {
        if (pod.Text("status", "phase") == "Succeeded")
            return null;

        if (pod.Has("metadata", "deletionTimestamp"))
            return "is ending";

        return Containers(pod).Select(TroubleOf).FirstOrDefault(text => text is not null)
            ?? Unscheduled(pod)
            ?? NotReady(pod);
    }

    /// <summary>"1 of 3 is not well: cilium-x7f is ImagePullBackOff: …", for the end of a sentence; "" when all are well.</summary>
    public static string Worst(IEnumerable<JsonElement> pods)
    {
        var trouble = pods.Select(pod => (Name: pod.Name(), What: Trouble(pod)))
            .Where(each => each.What is not null)
            .ToList();

        if (trouble.Count == 0)
            return "";

        // A reason that names a failure explains more than a pod that is merely starting.
        var (name, what) = trouble
            .OrderBy(each => each.What is "is starting" or "is ending" or "is not ready yet")
            .First();
        return $"; {name} {(what!.StartsWith("is ", StringComparison.Ordinal) ? what : $"is {what}")}";
    }

    /// <summary>An image that its registry does not have: waiting alone will not start the pod.</summary>
    public static bool CannotStart(JsonElement pod) =>
        Containers(pod).Select(TroubleOf).OfType<string>().Any(IsMissingImage);

    /// <summary>Init containers first: the others wait for them.</summary>
    public static IEnumerable<JsonElement> Containers(JsonElement pod) =>
        pod.Items("status", "initContainerStatuses").Concat(pod.Items("status", "containerStatuses"));

    private static bool IsMissingImage(string trouble) =>
        trouble.StartsWith("InvalidImageName", StringComparison.Ordinal)
        || (
            (
                trouble.StartsWith("ErrImagePull", StringComparison.Ordinal)
                || trouble.StartsWith("ImagePullBackOff", StringComparison.Ordinal)
            )
            && (
                trouble.Contains(": not found", StringComparison.Ordinal)
                || trouble.Contains("manifest unknown", StringComparison.Ordinal)
            )
        );

    private static string? TroubleOf(JsonElement container)
    {
        var state = container.At("state");

        if (
            state.At("waiting") is var waiting
            && waiting.Text("reason") is { } reason and not ("PodInitializing" or "ContainerCreating")
        )
        {
            return waiting.Text("message") is { Length: > 0 } message ? $"{reason}: {message}" : reason;
        }

        if (state.Has("terminated") && state.Number("terminated", "exitCode") is var exit and not 0)
            return $"{container.Text("name")} ended with {exit} ({state.Text("terminated", "reason")})";

        return null;
    }

    private static string? Unscheduled(JsonElement pod) =>
        pod.Condition("PodScheduled") is var scheduled && scheduled.Text("status") == "False"
            ? $"{scheduled.Text("reason")}: {scheduled.Text("message")}"
            : null;

    private static string? NotReady(JsonElement pod)
    {
        if (pod.Is("Ready"))
            return null;

        return pod.Text("status", "phase") == "Running" ? "is not ready yet" : "is starting";
    }
}
