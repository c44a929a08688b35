using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>Runs a Job's pod until it succeeds or has failed too often.</summary>
internal sealed class JobLaw : IController
{
    private const string Component = "job-controller";
    private const string UidLabel = "batch.kubernetes.io/controller-uid";

    public void Reconcile(TwinCluster cluster)
    {
        foreach (var job in cluster.Objects.View("batch/v1", "Job").Where(job => !job.IsEnding() && !HasEnded(job)))
            Run(cluster, job);
    }

    private static bool HasEnded(JsonObject job) =>
        job.Holds("Complete") || job.Holds("Failed") || job.Is("spec", "suspend");

    private static void Run(TwinCluster cluster, JsonObject job)
    {
        var pods = Owned.By(cluster, job, "v1", "Pod");
        var succeeded = pods.Count(pod => pod.Text("status", "phase") == "Succeeded");
        var failed = pods.Count(pod => pod.Text("status", "phase") == "Failed");
        var wanted = job.Whole("spec", "completions") ?? 1;
        var limit = job.Whole("spec", "backoffLimit") ?? 6;
        var active = pods.Count(pod => pod.IsActive());

        if (succeeded + active < wanted && failed <= limit)
        {
            Start(cluster, job);
            active++;
        }

        cluster.Objects.Update(
            ObjectKey.Of(job),
            json =>
            {
                Count(json, active, pods.Count(pod => pod.IsReady()), succeeded, failed, cluster.Clock);

                if (succeeded >= wanted)
                    Complete(json, cluster.Clock);
                else if (failed > limit)
                    Fail(json, cluster.Clock);
            }
        );
    }

    private static void Start(TwinCluster cluster, JsonObject job)
    {
        var name = $"{job.Name()}-{Naming.Suffix()}";
        var mark = KeyValuePair.Create(UidLabel, job.Uid());

        if (PodBirth.Create(cluster, job, name, mark, adjust: pod => AddNames(pod, job)) is { } refusal)
            PodBirth.Refused(cluster, job, Component, refusal);
        else
            PodBirth.Born(cluster, job, Component, name);
    }

    private static void AddNames(JsonObject pod, JsonObject job)
    {
        var labels = pod.Section("metadata", "labels");
        labels["batch.kubernetes.io/job-name"] = job.Name();
        labels["job-name"] = job.Name();

        // A Job's pods end; the API refuses Always here.
        if (pod.Text("spec", "restartPolicy") is not ("Never" or "OnFailure"))
            pod.Section("spec")["restartPolicy"] = "Never";
    }

    private static void Count(JsonObject json, int active, int ready, int succeeded, int failed, TimeProvider clock)
    {
        var status = json.Section("status");
        status["startTime"] ??= Timestamp.Of(clock);
        status["ready"] = ready;
        status["terminating"] = 0;
        Set(status, "active", active);
        Set(status, "succeeded", succeeded);
        Set(status, "failed", failed);
    }

    private static void Set(JsonObject status, string name, int count)
    {
        if (count > 0)
            status[name] = count;
        else
            status.Remove(name);
    }

    private static void Complete(JsonObject json, TimeProvider clock)
    {
        json.Section("status")["completionTime"] = Timestamp.Of(clock);

        foreach (var type in new[] { "SuccessCriteriaMet", "Complete" })
        {
            Conditions.Set(
                json,
                clock,
                type,
                holds: true,
                "CompletionsReached",
                "Reached expected number of succeeded pods"
            );
        }
    }

    private static void Fail(JsonObject json, TimeProvider clock)
    {
        foreach (var type in new[] { "FailureTarget", "Failed" })
        {
            Conditions.Set(
                json,
                clock,
                type,
                holds: true,
                "BackoffLimitExceeded",
                "Job has reached the specified backoff limit"
            );
        }
    }
}
