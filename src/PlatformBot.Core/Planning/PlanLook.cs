using System.Collections.Concurrent;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Planning;

/// <summary>Looks, without changing anything, at what of a plan is done already and at what it would change.</summary>
public sealed class PlanLook(IStepActions actions)
{
    private const int AtOnce = 8;

    public async Task<PlanSight> LookAsync(Plan plan, CancellationToken cancellationToken)
    {
        var probes = new ConcurrentDictionary<string, CheckOutcome>();
        var previews = new ConcurrentDictionary<string, IReadOnlyList<ApplyPreview>>();
        var steps = plan.Steps.Where(step => step.Probe.Count > 0 || step.Action is PlannedAction.Apply);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };

        await Parallel.ForEachAsync(
            steps,
            limits,
            async (step, token) =>
            {
                if (await ProbeAsync(step, token) is { } saw)
                    probes[step.Id] = saw;

                if (step.Action is PlannedAction.Apply apply && !(probes.GetValueOrDefault(step.Id)?.Holds is true))
                    previews[step.Id] = await actions.PreviewAsync(apply, token);
            }
        );

        return new(probes, previews);
    }

    /// <summary>The first look that does not hold, else the last; null without a probe.</summary>
    private async Task<CheckOutcome?> ProbeAsync(PlannedStep step, CancellationToken token)
    {
        CheckOutcome? saw = null;

        foreach (var check in step.Probe)
        {
            saw = await actions.CheckAsync(check, token);

            if (saw.Holds is not true)
                break;
        }

        return saw;
    }
}

/// <summary>A plan beside the world as it is now.</summary>
/// <param name="Probes">what each step's probe saw, by step id; steps without a probe are left out</param>
/// <param name="Previews">what each apply step would do that is not done already, by step id</param>
public sealed record PlanSight(
    IReadOnlyDictionary<string, CheckOutcome> Probes,
    IReadOnlyDictionary<string, IReadOnlyList<ApplyPreview>> Previews
)
{
    public bool IsDone(PlannedStep step) => Probes.GetValueOrDefault(step.Id)?.Holds is true;
}
