using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using PlatformBot.Kubernetes;

namespace PlatformBot.Hosting;

/// <summary>
/// Stands before every step and every look: a cluster that is not the one that its name means is asked nothing, and no program that reads the
/// same client configuration is started for it. A cluster that does not answer is no other cluster.
/// </summary>
/// <param name="pins">null lets everything through</param>
internal sealed class ClusterGate(Clusters clusters, LedgerPins? pins)
{
    /// <summary>What stands against the step; null when nothing does. What makes a cluster anew lifts its pin right here, before it acts.</summary>
    public async Task<ActionOutcome?> BeforeAsync(PlannedStep step, CancellationToken cancelled)
    {
        if (step is { MakesCluster: true, Target: { } made } && pins is not null)
        {
            await pins.LiftAsync(made, step.Id, cancelled);
            return null;
        }

        return await WrongAsync(step.Target, cancelled) is { } wrong
            ? new(Verdict.Failed, wrong.Message, Explanation: wrong.Cure)
            : null;
    }

    /// <summary>Somebody may have looked at the old cluster while the new one was made, and bound the name to it again.</summary>
    public async Task AfterAsync(PlannedStep step)
    {
        if (step is { MakesCluster: true, Target: { } made } && pins is not null)
            await pins.LiftAsync(made, step.Id, CancellationToken.None);
    }

    /// <summary>Waiting does not help: only a person can.</summary>
    public async Task<CheckOutcome?> BeforeAsync(PlannedCheck check, CancellationToken cancelled) =>
        await WrongAsync(ClusterOf(check), cancelled) is { } wrong ? new(null, wrong.Message, Hopeless: true) : null;

    private async Task<ApiException?> WrongAsync(string? name, CancellationToken cancelled)
    {
        if (pins is null || name is null || !clusters.Find(name).Ok(out var cluster, out _))
            return null;

        try
        {
            await cluster.EnsureAsync(cancelled);
            return null;
        }
        catch (ApiException error)
        {
            return error.IsWrongCluster ? error : null;
        }
    }

    /// <summary>A program's cluster is the one whose name is among its words: "--context infra".</summary>
    private string? ClusterOf(PlannedCheck check) =>
        check is PlannedCheck.Run run ? run.Command.FirstOrDefault(word => pins?.Of(word) is not null) : check.On;
}
