using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>A container that is meant to run for good: starts, becomes ready, or crashes and comes back.</summary>
internal sealed class ContainerLife(TwinCluster cluster, JsonObject pod, JsonObject container, JsonObject? old)
{
    private static readonly TimeSpan UntilReady = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UntilCrash = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BackOff = TimeSpan.FromSeconds(15);

    private DateTimeOffset Now => cluster.Clock.GetUtcNow();

    private long Restarts => old.Whole("restartCount") ?? 0;

    public JsonObject Step(PodTrouble? trouble)
    {
        var startedAt = old.Text("state", "running", "startedAt");

        if (startedAt.Length == 0)
            return old.Text("state", "waiting", "reason") == "CrashLoopBackOff" ? AfterCrash() : Start(Restarts);

        var age = Now - (Timestamp.Read(startedAt) ?? Now);

        if (trouble is { Crashes: true } && age >= UntilCrash)
            return Crash(startedAt);

        var ready = trouble is null && age >= UntilReady;

        if (trouble is not null)
            Tell("Unhealthy", $"Readiness probe failed: {trouble.Log}", isWarning: true);

        var status = PodStatus.Container(container, PodStatus.Running(startedAt), ready, Restarts);
        status["lastState"] = old?["lastState"]?.DeepClone();
        return status;
    }

    private JsonObject Start(long restarts)
    {
        var name = container.Text("name");
        Tell("Created", $"Created container: {name}");
        Tell("Started", $"Started container {name}");
        var status = PodStatus.Container(
            container,
            PodStatus.Running(Timestamp.Of(cluster.Clock)),
            ready: false,
            restarts
        );
        status["lastState"] = old?["lastState"]?.DeepClone() ?? new JsonObject();
        return status;
    }

    private JsonObject Crash(string startedAt)
    {
        var name = container.Text("name");
        var message =
            $"back-off 10s restarting failed container={name} pod={pod.Name()}_{pod.Namespace()}({pod.Uid()})";
        Tell(
            "BackOff",
            $"Back-off restarting failed container {name} in pod {pod.Name()}_{pod.Namespace()}({pod.Uid()})",
            isWarning: true
        );
        var status = PodStatus.Container(
            container,
            PodStatus.State("CrashLoopBackOff", message),
            ready: false,
            Restarts + 1
        );
        status["lastState"] = PodStatus.Ended(1, startedAt, Timestamp.Of(cluster.Clock));
        return status;
    }

    private JsonObject AfterCrash()
    {
        var crashed = Timestamp.Read(old.Text("lastState", "terminated", "finishedAt")) ?? Now;
        return Now - crashed < BackOff ? old!.Copy() : Start(Restarts);
    }

    private void Tell(string reason, string message, bool isWarning = false) =>
        EventLog.Record(cluster, pod, "kubelet", reason, message, isWarning, pod.Node());
}
