using PlatformBot.Core.Approvals;

namespace PlatformBot.Core.Runs;

/// <summary>Asks for approvals: freezes what they are for, says what is new of it, and takes over what was approved before.</summary>
internal sealed class ApprovalDesk(LiveRun live, ApprovalGuard guard, Precedents? precedents, TimeProvider clock)
{
    /// <param name="by">whose vote never counts; null for the requester, of a phase</param>
    public async Task AskAsync(string name, Person? by, CancellationToken stopping)
    {
        var run = live.Now;
        var inputs = await guard.InputsAsync(run, name, stopping);
        var earlier = by is null ? precedents?.Of(run, name) ?? [] : [];
        var carried = earlier is [var latest, ..] ? await CarriedAsync(latest, run, name, inputs, stopping) : null;

        var asked = new RunEvent.ApprovalAsked(
            name,
            Pins.DigestOf(run.Plan.Digest, inputs),
            run.Plan.Approval.Quorum,
            carried?.Until ?? clock.GetUtcNow() + run.Plan.Approval.Expires,
            by,
            inputs,
            Carrying.Since(earlier, run, name, inputs)
        );

        // Looking takes a moment, and meanwhile somebody may have cancelled.
        if (await live.NoteIfAsync(IsStillWanted, asked, stopping) && carried is { What: var what })
            await live.NoteIfAsync(IsUndecided, what, stopping);

        bool IsStillWanted(Run now) =>
            !now.Approvals.ContainsKey(name) && Questions.Of(now).Any(each => each.Name == name);

        bool IsUndecided(Run now) => now.Approvals[name] is { State: ApprovalState.Requested, Votes.Count: 0 };
    }

    /// <summary>What can be taken over from the run before; null when people must be asked.</summary>
    private async Task<(DateTimeOffset Until, RunEvent.ApprovalCarried What)?> CarriedAsync(
        Run earlier,
        Run run,
        string name,
        IReadOnlyList<Pin>? inputs,
        CancellationToken stopping
    )
    {
        if (
            Carrying.Until(earlier, run, name, inputs, clock.GetUtcNow()) is not { } until
            || !await guard.StillStandsAsync(run, name, earlier.Approvals[name], stopping)
        )
        {
            return null;
        }

        var votes = earlier.Approvals[name].Votes.Select(vote => new CarriedVote(vote.By, vote.At, vote.Roles));
        return (until, new RunEvent.ApprovalCarried(name, earlier.Id.Number, [.. votes]));
    }
}
