using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Approvals;

/// <summary>
/// Whether what was approved covers what is asked for now. Less of the same is covered: every step of the newer plan must be in the approved one,
/// letter by letter, with all that it waits for. So a step may go only when nothing that stays needs it: a check before something is
/// destroyed is not what makes a plan smaller. Pure.
/// </summary>
public static class Coverage
{
    /// <summary>What is new or more dangerous, a line each; none when it is covered.</summary>
    /// <param name="inputs">what the newer plan's steps would read</param>
    /// <param name="approvedInputs">what the approved plan's steps had to read</param>
    public static IReadOnlyList<string> NewIn(
        Plan now,
        IReadOnlyList<Pin>? inputs,
        Plan approved,
        IReadOnlyList<Pin>? approvedInputs
    ) => [.. Rules(now, approved), .. Steps(now, approved), .. Inputs(inputs ?? [], approvedInputs ?? [])];

    /// <summary>Steps that are gone, a line each.</summary>
    public static IEnumerable<string> GoneFrom(Plan now, Plan approved) =>
        PlanDiff.Of(approved, now).Removed.Select(step => $"- {step.Id}");

    // csharpier-ignore - one row per rule
    private static IEnumerable<string> Rules(Plan now, Plan was) =>
        new (string Name, bool IsCovered)[]
        {
            ("command",     now.Command == was.Command),
            ("access",      now.Access == was.Access),
            ("approval",    Without(now.Approval) == Without(was.Approval) && now.Approval.Expires <= was.Approval.Expires),
            ("locks",       was.Locks.All(now.Locks.Contains)),
            ("parallel",    now.Parallel <= was.Parallel && now.ParallelPerCluster <= was.ParallelPerCluster),
            ("on-failure",  was.StopsAtFailure is not true || now.StopsAtFailure is true),
            ("lookalikes",  (now.Lookalikes ?? []).All((was.Lookalikes ?? []).Contains)),
        }
            .Where(rule => !rule.IsCovered)
            .Select(rule => $"~ {rule.Name} of the plan");

    private static string Without(ApprovalRule rule) => PlanJson.TextOf(rule with { Expires = TimeSpan.Zero });

    private static IEnumerable<string> Steps(Plan now, Plan was)
    {
        var before = was.Steps.ToDictionary(step => step.Id);

        foreach (var step in now.Steps)
        {
            if (!before.TryGetValue(step.Id, out var known))
                yield return $"+ {step.Id}: {step.Title}";
            else if (PlanJson.TextOf(known) != PlanJson.TextOf(step))
                yield return $"~ {step.Id}: {string.Join(", ", PlanDiff.Fields(known, step).DefaultIfEmpty("where it is written"))}";
        }
    }

    private static IEnumerable<string> Inputs(IReadOnlyList<Pin> now, IReadOnlyList<Pin> was)
    {
        var before = was.ToDictionary(pin => pin.Input);

        foreach (var pin in now)
        {
            var known = before.GetValueOrDefault(pin.Input);

            if (known is null || known.Value != pin.Value || pin.Why is not null)
                yield return $"~ {pin.Input}: was {(known is null ? "not looked at" : known.Shown)}, is {pin.Shown}";
        }
    }
}
