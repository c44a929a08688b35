using PlatformBot.Core.Planning;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Approvals;

/// <summary>Why a destructive step must not begin.</summary>
/// <param name="Why">in words, with the way out</param>
/// <param name="IsFinal">the approval is void: trying again cannot help, only a new run can</param>
/// <param name="Details">what differs, a line each; "" when that is all in the words</param>
public sealed record GuardObjection(string Why, bool IsFinal, string Details = "")
{
    public Failure ToFailure(int attempt) =>
        Failure.Untouched(attempt, $"Not started: {Why}") with
        {
            Output = Details,
            IsFinal = IsFinal,
            NothingDone = true,
        };
}

/// <summary>The last look before something is destroyed: is this still what was approved, by people who may still approve?</summary>
public sealed class ApprovalGuard(Standing standing, Func<Plan, string> digestOf, IInputs inputs)
{
    /// <summary>What an approval is asked for besides the plan: what its destructive steps would read now.</summary>
    public async Task<IReadOnlyList<Pin>?> InputsAsync(Run run, string approval, CancellationToken stopping) =>
        await inputs.ReadAsync(run.Plan, [.. run.DestroyingOf(approval)], stopping) is { Count: > 0 } found
            ? found
            : null;

    /// <summary>What stands against the step; null when it may begin. Asks the chat server, but not for long.</summary>
    public async Task<GuardObjection?> ObjectionAsync(LiveRun live, PlannedStep step, CancellationToken stopping)
    {
        var phase = live.Now.Plan.Phases.First(each => each.Id == step.Phase);
        return live.Now.NeedsApproval(phase)
            ? await ObjectionAsync(live, step, live.Now.ApprovalFor(phase), stopping)
            : null;
    }

    /// <summary>
    /// What stands against doing what this approval is for; null when nothing does. Inputs that have appeared are written down first, and
    /// everything is looked at again, so that the writing does not lie between the look and the action.
    /// </summary>
    public async Task<GuardObjection?> ObjectionAsync(
        LiveRun live,
        PlannedStep step,
        string name,
        CancellationToken stopping
    )
    {
        if (
            await ChangesAsync(live.Now, step, name, stopping) is
            { Appeared: { Count: > 0 } appeared, Changed.Count: 0 }
        )
        {
            await live.NoteAsync(new RunEvent.InputsSeen(name, appeared), stopping);
        }

        return await ObjectionAsync(live.Now, step, name, stopping);
    }

    private async Task<GuardObjection?> ObjectionAsync(
        Run run,
        PlannedStep step,
        string name,
        CancellationToken stopping
    )
    {
        if (run.Approvals.GetValueOrDefault(name) is not { State: ApprovalState.Approved } approval)
            return Void(run, $"{name} is not approved.");

        if (Pins.DigestOf(digestOf(run.Plan), approval.Inputs) is var digest && digest != approval.Digest)
        {
            return Void(
                run,
                $"The plan is not the one that was approved (digest {Words.Short(digest)}, approved {Words.Short(approval.Digest)}): the approval is void."
            );
        }

        return
            await ChangesAsync(run, step, name, stopping) is { } changes
            && Objection(run, name, changes) is { } objection
            ? objection
            : await StandingAsync(run, name, approval, stopping);
    }

    /// <summary>What has become of the step's inputs since they were approved; null when nobody looked then.</summary>
    private async Task<PinChanges?> ChangesAsync(Run run, PlannedStep step, string name, CancellationToken stopping)
    {
        if (run.Approvals.GetValueOrDefault(name) is not { Inputs: not null } approval)
            return null;

        var now = await inputs.ReadAsync(run.Plan, [step], stopping);
        var begun = run.Plan.Steps.Where(other => other.Id != step.Id && run.At(other).StartedAt is not null).ToList();
        return Pins.Compare(
            approval.MustBe,
            now,
            pin => pin.Cluster is { } cluster ? begun.Exists(other => other.Target == cluster) : begun.Count > 0
        );
    }

    private static GuardObjection? Objection(Run run, string name, PinChanges changes) =>
        changes switch
        {
            { Changed: { Count: > 0 } changed } => Void(
                run,
                $"What {name} was approved for has changed, so the approval is void. {Few(changed)}."
            ) with
            {
                Details = string.Join('\n', changed),
            },
            { Untold: { Count: > 0 } untold } => new(
                $"It cannot be told whether this is what was approved. {Few(untold)}. Retry the step once it can; if it never will again, cancel the run and ask for what is left of it.",
                IsFinal: false,
                string.Join('\n', untold)
            ),
            _ => null,
        };

    private static string Few(IReadOnlyList<string> lines) =>
        $"{string.Join(". ", lines.Take(2))}{(lines.Count > 2 ? $". And {lines.Count - 2} more" : "")}";

    /// <summary>Whether those who approved may still approve, and are still enough.</summary>
    public async Task<bool> StillStandsAsync(Run run, string name, Approval approval, CancellationToken stopping) =>
        await StandingAsync(run, name, approval, stopping) is null;

    private async Task<GuardObjection?> StandingAsync(
        Run run,
        string name,
        Approval approval,
        CancellationToken stopping
    )
    {
        if (approval.Alone is { } alone)
        {
            var held = await standing.OfAsync(alone.Vote, [alone.Role], Reach.Of(run, name), stopping);
            return StillAlone(run, name, alone, held.May);
        }

        var answers = await Task.WhenAll(
            approval
                .Votes.Where(vote => vote.Decision is Decision.Approve && vote.By.Id != approval.Requester.Id)
                .Select(async vote =>
                    (vote, held: await standing.OfAsync(vote, approval.Roles, Reach.Of(run, name), stopping))
                )
        );
        return Counted(run, approval, answers);
    }

    /// <summary>Whoever was of a group when they voted, and still is, keeps its seat; whoever has joined it since takes none.</summary>
    private static GuardObjection? Counted(Run run, Approval approval, (Vote Vote, Held Held)[] answers)
    {
        var sure = answers.Where(answer => answer.Held.May is MayDecide.Yes).ToList();
        var perhaps = answers.Where(answer => answer.Held.May is MayDecide.Yes or MayDecide.CannotTell);

        if (approval.IsEnough([.. sure.Select(answer => Still(answer.Vote, answer.Held.Roles))]))
            return null;

        if (
            approval.IsEnough([
                .. perhaps.Select(answer => Still(answer.Vote, [.. answer.Held.Roles, .. answer.Held.Unsure])),
            ])
        )
        {
            return new(
                $"{(Signed(approval) ? "Neither chat server nor list of keys says" : "The chat server does not say")} whether those who approved {approval.Phase} may still approve. Retry the step once {(Signed(approval) ? "one of them does" : "it answers")}.",
                IsFinal: false
            );
        }

        var groups = approval.Groups.Count == 0 ? "" : $" ({Seats.Words(approval.Groups)})";
        return Void(
            run,
            $"The approval of {approval.Phase} is void: of those who approved, {sure.Count} still hold the role {string.Join(" or ", approval.Roles)} and an active account{(Signed(approval) ? ", and a key that counts where they signed" : "")}, and {approval.Quorum} must{groups}."
        );
    }

    /// <summary>What one person approved alone stands as long as they may do that.</summary>
    private static GuardObjection? StillAlone(Run run, string name, LoneVote alone, MayDecide may) =>
        may switch
        {
            MayDecide.Yes => null,
            MayDecide.CannotTell => new(
                $"Nobody says whether {alone.Vote.By}, who approved {name} alone, still may. Retry the step once the chat server answers.",
                IsFinal: false
            ),
            _ => Void(
                run,
                $"The approval of {name} is void: {alone.Vote.By}, who gave it alone, no longer has the role {alone.Role} and an active account."
            ),
        };

    private static bool Signed(Approval approval) => approval.Votes.Exists(vote => vote.Signed is not null);

    private static IReadOnlyCollection<string> Still(Vote vote, IReadOnlyList<string> held) =>
        [.. vote.Roles.Intersect(held, StringComparer.Ordinal)];

    private static GuardObjection Void(Run run, string why) =>
        new(
            $"{why} `/platform cancel {run.Id}` and ask for the run again: what is done already is not done twice.",
            IsFinal: true
        );
}
