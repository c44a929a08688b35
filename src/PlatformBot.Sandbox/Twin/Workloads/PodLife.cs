using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>One pod whose sandbox is up: its init containers, then its containers, as far as the clock allows.</summary>
internal sealed class PodLife(TwinCluster cluster, Faults faults, JsonObject pod)
{
    private static readonly TimeSpan InitTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan JobTime = TimeSpan.FromSeconds(2);

    private DateTimeOffset Now => cluster.Clock.GetUtcNow();

    public void Advance()
    {
        if (!pod.Holds("Initialized"))
            Initialize();
        else
            RunContainers();
    }

    private void Initialize()
    {
        var since = Timestamp.Read(pod.Condition("PodReadyToStartContainers").Text("lastTransitionTime")) ?? Now;
        var due = since;

        foreach (var container in pod.Items("spec", "initContainers"))
        {
            // Init containers come one after the other: what one waits for, all wait for.
            if (new ImagePull(cluster, faults, pod, container).Step(due) is { } waiting)
            {
                Write(json =>
                    Replace(
                        json,
                        "initContainerStatuses",
                        PodStatus.Container(container, waiting, ready: false, restarts: 0)
                    )
                );
                return;
            }

            due += ImagePull.Duration(cluster, pod, container) + InitTime;
        }

        if (Now < due || IsHeldUp())
            return;

        Write(json =>
        {
            foreach (var container in json.Items("spec", "initContainers").ToList())
                Replace(json, "initContainerStatuses", InitEnded(container));

            Conditions.Set(json, cluster.Clock, "Initialized", holds: true, reason: "");
        });
    }

    /// <summary>True while an init container looks for something that is not there yet.</summary>
    private bool IsHeldUp()
    {
        var held = cluster.Trouble?.Invoke(pod) is { } trouble
            ? pod.Items("spec", "initContainers").FirstOrDefault(one => one.Text("name") == trouble.Container)
            : null;

        if (held is null)
            return false;

        var shown = pod.Items("status", "initContainerStatuses")
            .Any(one => one.Text("name") == held.Text("name") && one.At("state", "running") is not null);

        if (!shown)
        {
            var running = PodStatus.Running(Timestamp.Of(cluster.Clock));
            Write(json =>
                Replace(json, "initContainerStatuses", PodStatus.Container(held, running, ready: false, restarts: 0))
            );
        }

        return true;
    }

    private JsonObject InitEnded(JsonObject container)
    {
        var now = Timestamp.Of(cluster.Clock);

        // A sidecar (an init container that is always restarted) keeps running.
        var state = container.Text("restartPolicy") == "Always" ? PodStatus.Running(now) : PodStatus.Ended(0, now, now);
        return PodStatus.Container(container, state, ready: true, restarts: 0);
    }

    private void RunContainers()
    {
        var since = Timestamp.Read(pod.Condition("Initialized").Text("lastTransitionTime")) ?? Now;
        var trouble = cluster.Trouble?.Invoke(pod);

        // A long-running pod that is well stays so.
        if (trouble is null && pod.Holds("Ready") && !IsOneShot)
            return;

        var statuses = pod.Items("spec", "containers")
            .Select(container =>
                Status(container, since, trouble?.Container == container.Text("name") ? trouble : null)
            )
            .ToList();

        Write(json =>
        {
            foreach (var status in statuses)
                Replace(json, "containerStatuses", status);

            SetPhase(json);
            PodStatus.Judge(json, cluster.Clock);
        });
    }

    private JsonObject Status(JsonObject container, DateTimeOffset since, PodTrouble? trouble)
    {
        var old = pod.Items("status", "containerStatuses")
            .FirstOrDefault(found => found.Text("name") == container.Text("name"));
        var restarts = old.Whole("restartCount") ?? 0;
        var startedAt = old.Text("state", "running", "startedAt");

        if (startedAt.Length == 0 && restarts == 0)
        {
            if (new ImagePull(cluster, faults, pod, container).Step(since) is { } waiting)
                return PodStatus.Container(container, waiting, ready: false, restarts);

            if (Mounts.MissingInEnvironment(cluster, pod, container) is { } missing)
                return NoConfiguration(container, missing);
        }

        return IsOneShot
            ? OneShot(container, startedAt, trouble)
            : new ContainerLife(cluster, pod, container, old).Step(trouble);
    }

    private bool IsOneShot => pod.Text("spec", "restartPolicy") is "Never" or "OnFailure";

    private JsonObject NoConfiguration(JsonObject container, string missing)
    {
        EventLog.Record(cluster, pod, "kubelet", "Failed", $"Error: {missing}", isWarning: true, host: pod.Node());
        return PodStatus.Container(
            container,
            PodStatus.State("CreateContainerConfigError", missing),
            ready: false,
            restarts: 0
        );
    }

    /// <summary>A container of a Job: runs a little and ends.</summary>
    private JsonObject OneShot(JsonObject container, string startedAt, PodTrouble? trouble)
    {
        if (startedAt.Length == 0)
        {
            return PodStatus.Container(
                container,
                PodStatus.Running(Timestamp.Of(cluster.Clock)),
                ready: true,
                restarts: 0
            );
        }

        // A proxy that is no native sidecar knows nothing of Jobs: it runs on, and so does the pod.
        if (Now - Timestamp.Read(startedAt) < JobTime || container.Text("name") == Pods.Proxy)
            return PodStatus.Container(container, PodStatus.Running(startedAt), ready: true, restarts: 0);

        var ended = PodStatus.Ended(trouble is null ? 0 : 1, startedAt, Timestamp.Of(cluster.Clock));
        return PodStatus.Container(container, ended, ready: false, restarts: 0);
    }

    private static void SetPhase(JsonObject json)
    {
        var states = json.Items("status", "containerStatuses").Select(container => container["state"]).ToList();
        var phase = states.TrueForAll(state => state.At("terminated") is not null)
            ? states.TrueForAll(state => state.Whole("terminated", "exitCode") == 0)
                ? "Succeeded"
                : "Failed"
            : states.Exists(state =>
                state.At("running") is not null || state.Text("waiting", "reason") == "CrashLoopBackOff"
            )
                ? "Running"
                : "Pending";
        json.Section("status")["phase"] = phase;
    }

    private void Write(Action<JsonObject> change) => cluster.Objects.Update(ObjectKey.Of(pod), change);

    private static void Replace(JsonObject json, string list, JsonObject status)
    {
        if (json.At("status", list) is not JsonArray statuses)
            json.Section("status")[list] = statuses = [];

        for (var at = 0; at < statuses.Count; at++)
        {
            if (statuses[at].Text("name") == status.Text("name"))
            {
                statuses[at] = status;
                return;
            }
        }

        statuses.Add(status);
    }
}
