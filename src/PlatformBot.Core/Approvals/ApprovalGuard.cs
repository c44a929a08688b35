using PlatformBot.Core.Planning;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Approvals;

/// <summary>Why a destructive step must not begin.</summary>
/// <param name="Why">in words, with the way out</param>
/// <param name="IsFinal">the approval is void: trying again cannot help, only a new run can</param>
public sealed record GuardObjection(string Why, bool IsFinal);

/// <summary>The last look before something is destroyed: is this still what was approved, by people who may still approve?</summary>
public sealed class ApprovalGuard(Standing standing, Func<Plan, string> digestOf)
{
    /// <summary>What stands against the step; null when it may begin. Asks the chat server, but not for long.</summary>
    public async Task<GuardObjection?> ObjectionAsync(Run run, PlannedStep step, CancellationToken stopping)
    {
        var phase = run.Plan.Phases.First(each => each.Id == step.Phase);
        return run.NeedsApproval(phase) ? await ObjectionAsync(run, run.ApprovalFor(phase), stopping) : null;
    }

    /// <summary>What stands against doing what this approval is for; null when nothing does.</summary>
    public async Task<GuardObjection?> ObjectionAsync(Run run, string name, CancellationToken stopping)
    {
        if (run.Approvals.GetValueOrDefault(name) is not { State: ApprovalState.Approved } approval)
            return Void(run, $"{name} is not approved.");

        if (digestOf(run.Plan) is var digest && digest != approval.Digest)
        {
            return Void(
                run,
                $"The plan is not the one that was approved (digest {Words.Short(digest)}, approved {Words.Short(approval.Digest)}): the approval is void."
            );
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

    private static bool Signed(Approval approval) => approval.Votes.Exists(vote => vote.Signed is not null);

    private static IReadOnlyCollection<string> Still(Vote vote, IReadOnlyList<string> held) =>
        [.. vote.Roles.Intersect(held, StringComparer.Ordinal)];

    private static GuardObjection Void(Run run, string why) =>
        new(
            $"{why} `/platform cancel {run.Id}` and ask for the run again: what is done already is not done twice.",
            IsFinal: true
        );
}
