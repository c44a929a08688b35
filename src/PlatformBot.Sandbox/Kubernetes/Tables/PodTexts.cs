using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes.Tables;

/// <summary>What a table says about a pod: the most telling of its containers' states.</summary>
internal static class PodTexts
{
    public static string Ready(JsonObject pod) =>
        $"{Statuses(pod).Count(status => status.Is("ready"))}/{pod.Items("spec", "containers").Count()}";

    public static string Restarts(JsonObject pod) =>
        $"{Statuses(pod).Sum(status => status.Whole("restartCount") ?? 0)}";

    public static string Status(JsonObject pod) =>
        pod.IsEnding() ? "Terminating"
        : pod.Items("status", "initContainerStatuses").Select(Init).FirstOrDefault(text => text is not null) is { } init
            ? init
        : Statuses(pod).Select(Reason).LastOrDefault(text => text is not null) is { } reason ? reason
        : pod.Text("status", "reason") is { Length: > 0 } why ? why
        : pod.Text("status", "phase");

    private static string? Init(JsonObject status) =>
        status.At("state", "terminated") is { } ended && ended.Whole("exitCode") == 0 ? null
        : status.Is("ready") || status.Is("started") ? null
        : Reason(status) is { } reason and not "PodInitializing" ? $"Init:{reason}"
        : null;

    private static string? Reason(JsonObject status) =>
        status.Text("state", "waiting", "reason") is { Length: > 0 } waiting ? waiting
        : status.Text("state", "terminated", "reason") is { Length: > 0 } ended ? ended
        : null;

    private static IEnumerable<JsonObject> Statuses(JsonObject pod) => pod.Items("status", "containerStatuses");
}
