using System.Collections.Concurrent;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Planning;

/// <summary>Looks, without changing anything, at what of a plan is done already.</summary>
public sealed class PlanLook(IStepActions actions)
{
    private const int AtOnce = 8;

    /// <summary>What each step's probe saw, by step id; steps without a probe are left out.</summary>
    public async Task<IReadOnlyDictionary<string, CheckOutcome>> LookAsync(
        Plan plan,
        CancellationToken cancellationToken
    )
    {
        var saw = new ConcurrentDictionary<string, CheckOutcome>();
        var probed = plan.Steps.Where(step => step.Probe.Count > 0);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };

        await Parallel.ForEachAsync(
            probed,
            limits,
            async (step, token) =>
            {
                foreach (var check in step.Probe)
                {
                    saw[step.Id] = await actions.CheckAsync(check, token);

                    if (saw[step.Id].Holds is not true)
                        break;
                }
            }
        );

        return saw;
    }
}
