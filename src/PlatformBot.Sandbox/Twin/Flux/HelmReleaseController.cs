using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Flux;

/// <summary>
/// helm-controller: dependencies → chart → values → install or upgrade → wait → Ready. When it fails, it takes the release
/// apart and tries again a few times (RemediateOnFailure, the default), or upgrades it over and over (RetryOnFailure). A release that somebody installed by hand is adopted: the upgrade of equal values changes nothing that runs.
/// </summary>
internal sealed class HelmReleaseController(TwinWorld world)
    : FluxController(world, "helm-controller", FluxKinds.Helm, "HelmRelease")
{
    private const string Finalizer = "finalizers.fluxcd.io";
    private static readonly TimeSpan Requeue = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Render = TimeSpan.FromSeconds(2);

    private readonly HelmEngine _helm = new(world);
    private readonly Dictionary<string, HelmWork> _work = [];
    private readonly Dictionary<string, string> _seen = [];

    protected override void Reconcile(TwinCluster cluster, JsonObject json)
    {
        if (json["metadata"]?["deletionTimestamp"] is not null)
            Remove(cluster, json);
        else if (_work.TryGetValue(Uid(json), out var work))
            Continue(cluster, json, work);
        else if (IsWanted(cluster, json))
            Start(cluster, json);
    }

    /// <summary>Something changed, somebody asked, or it is time; a stalled release waits for one of the first two.</summary>
    private bool IsWanted(TwinCluster cluster, JsonObject json) =>
        json.IsAskedFor()
        || _seen.GetValueOrDefault(Uid(json)) != HelmInputs.Fingerprint(cluster, json)
        || IsDue(json) && !Health.IsTrue(json, "Stalled");

    private void Start(TwinCluster cluster, JsonObject json)
    {
        _seen[Uid(json)] = HelmInputs.Fingerprint(cluster, json);

        if (HelmInputs.Dependency(cluster, json) is { } dependency)
            Block(cluster, json, "DependencyNotReady", dependency);
        else if (HelmInputs.ChartTrouble(cluster, json) is { } chart)
            Block(cluster, json, "SourceNotReady", chart);
        else if (HelmInputs.Values(cluster, json, out var values) is { } trouble)
            Block(cluster, json, "ValuesError", trouble);
        else if (IsUpToDate(cluster, json, values) && Health.IsTrue(json, "Released"))
            Confirm(cluster, json);
        else
            Act(cluster, json, values);
    }

    private void Block(TwinCluster cluster, JsonObject json, string reason, string message)
    {
        Again(json, Requeue);
        Change(cluster, json, one => one.Fail(Now, reason, message));
    }

    private static bool IsUpToDate(TwinCluster cluster, JsonObject json, JsonObject values)
    {
        var status = json["status"];
        var release = HelmEngine.Status(cluster, HelmInputs.NamespaceOf(json), HelmInputs.NameOf(json));

        return release is { Status: "deployed" }
            && release.ChartVersion == HelmInputs.PinOf(cluster, json).Version
            && (string?)status?["history"]?[0]?["digest"] == HelmInputs.Digest(values)
            && (int?)status?["history"]?[0]?["version"] == release.Revision;
    }

    private void Confirm(TwinCluster cluster, JsonObject json)
    {
        Again(json, Conditions.Duration(json["spec"]?["interval"], TimeSpan.FromHours(1)));
        var released = Health.ConditionOf(json, "Released");
        Change(cluster, json, one => one.Succeed(Now, (string)released!["reason"]!, (string)released["message"]!));
    }

    private void Act(TwinCluster cluster, JsonObject json, JsonObject values)
    {
        var history = HelmEngine.History(cluster, HelmInputs.NamespaceOf(json), HelmInputs.NameOf(json));
        var action =
            history.Any(one => one.Status is "deployed" or "superseded") || history.Count > 0 && RetriesOnFailure(json)
                ? "upgrade"
                : "install";
        _work[Uid(json)] = new HelmWork(action, values);
        Begin(json);
        Change(
            cluster,
            json,
            one =>
            {
                AddFinalizer(one);
                HelmInputs.ResetIfAsked(one);
                one.StatusOf()["lastAttemptedRevision"] = HelmInputs.PinOf(cluster, one).Version;
                one.Begin(Now, $"Running '{action}' action with timeout of {Durations.Show(HelmInputs.Timeout(one))}");
            }
        );
    }

    private static void AddFinalizer(JsonObject json) => json["metadata"]!["finalizers"] = new JsonArray(Finalizer);

    private void Continue(TwinCluster cluster, JsonObject json, HelmWork work)
    {
        if (Working(json) < Render)
            return;

        if (work.Release is null)
        {
            Send(cluster, json, work);
            return;
        }

        // Helm gives up when the time is over; a fault makes the time be over at once.
        if (work.Fails || Working(json) > HelmInputs.Timeout(json))
            Fail(cluster, json, work, "context deadline exceeded");
        else if (HelmEngine.FailedJob(cluster, work.Release) is { } failed)
            Fail(cluster, json, work, failed);
        else if (HelmEngine.Waiting(cluster, work.Release).Count == 0)
            Succeed(cluster, json, work);
    }

    private void Send(TwinCluster cluster, JsonObject json, HelmWork work)
    {
        var (chart, version) = HelmInputs.PinOf(cluster, json);

        try
        {
            var release = _helm.Begin(
                cluster,
                new HelmRequest(HelmInputs.NameOf(json), HelmInputs.NamespaceOf(json), chart, version, work.Values)
            );
            _work[Uid(json)] = work with { Release = release, Fails = _helm.Fails(cluster, release) };
        }
        catch (HelmException trouble)
        {
            Fail(cluster, json, work, trouble.Message);
        }
    }

    private void Succeed(TwinCluster cluster, JsonObject json, HelmWork work)
    {
        var release = HelmEngine.Finish(cluster, work.Release!, error: null);
        var installs = work.Action == "install";
        var reason = installs ? "InstallSucceeded" : "UpgradeSucceeded";
        var message =
            $"Helm {work.Action} succeeded for release {release.Namespace}/{release.Name}.v{release.Revision} with chart {release.Chart}@{release.ChartVersion}";
        Done(json, Conditions.Duration(json["spec"]?["interval"], TimeSpan.FromHours(1)));
        Change(
            cluster,
            json,
            one =>
            {
                HelmInputs.WriteHistory(one, release, HelmInputs.Digest(work.Values), Now);
                one.StatusOf().Remove("installFailures");
                one.StatusOf().Remove("upgradeFailures");
                one.Unset("Remediated");
                one.Set(Now, "Released", "True", reason, message);
                one.Succeed(Now, reason, message);
            }
        );
    }

    private void Fail(TwinCluster cluster, JsonObject json, HelmWork work, string error)
    {
        var installs = work.Action == "install";
        var counter = installs ? "installFailures" : "upgradeFailures";
        var failures = ((int?)json["status"]?[counter] ?? 0) + 1;
        var retries = json.NumberAt($"spec.{work.Action}.remediation.retries", 0);
        var goesOn = work.Release is not null && RetriesOnFailure(json, work.Action);
        var exhausted = !goesOn && retries >= 0 && failures > retries;
        var reason = installs ? "InstallFailed" : "UpgradeFailed";
        var message = FailureOf(cluster, json, work.Action, error);

        if (work.Release is not null)
            HelmEngine.Finish(cluster, work.Release, error);

        if (!exhausted && !goesOn)
            Remediate(cluster, json, installs);

        Done(json, goesOn ? RetryInterval(json, work.Action) : Requeue);
        Change(
            cluster,
            json,
            one =>
            {
                one.StatusOf()[counter] = failures;
                one.Set(Now, "Released", "False", reason, message);
                one.Fail(Now, reason, message);

                if (exhausted)
                {
                    one.Set(
                        Now,
                        "Stalled",
                        "True",
                        "RetriesExceeded",
                        $"Failed to {work.Action} after {failures} attempt(s)"
                    );
                }
            }
        );
    }

    private static string FailureOf(TwinCluster cluster, JsonObject json, string action, string error)
    {
        var (chart, version) = HelmInputs.PinOf(cluster, json);
        return $"Helm {action} failed for release {HelmInputs.NamespaceOf(json)}/{HelmInputs.NameOf(json)} with chart {chart}@{version}: {error}";
    }

    private static bool RetriesOnFailure(JsonObject json, string action = "install") =>
        json.TextAt($"spec.{action}.strategy.name") == "RetryOnFailure";

    private static TimeSpan RetryInterval(JsonObject json, string action) =>
        Conditions.Duration(json["spec"]?[action]?["strategy"]?["retryInterval"], TimeSpan.FromMinutes(5));

    /// <summary>Before the next try: a failed install is uninstalled; a failed upgrade is left for the next one to replace.</summary>
    private static void Remediate(TwinCluster cluster, JsonObject json, bool installs)
    {
        var (ns, name) = (HelmInputs.NamespaceOf(json), HelmInputs.NameOf(json));

        if (installs && HelmEngine.Status(cluster, ns, name) is not null)
            HelmEngine.Uninstall(cluster, ns, name);
    }

    private void Done(JsonObject json, TimeSpan again)
    {
        _work.Remove(Uid(json));
        End(json);
        Again(json, again);
    }

    private void Remove(TwinCluster cluster, JsonObject json)
    {
        var (ns, name) = (HelmInputs.NamespaceOf(json), HelmInputs.NameOf(json));
        _work.Remove(Uid(json));

        if (HelmEngine.Status(cluster, ns, name) is not null)
            HelmEngine.Uninstall(cluster, ns, name);

        Change(cluster, json, one => one["metadata"]!.AsObject().Remove("finalizers"));
    }

    /// <summary>An action under way.</summary>
    /// <param name="Action">install or upgrade</param>
    private sealed record HelmWork(string Action, JsonObject Values)
    {
        public HelmRelease? Release { get; init; }

        public bool Fails { get; init; }
    }
}
