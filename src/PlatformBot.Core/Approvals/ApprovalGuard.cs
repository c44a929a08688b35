using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Approvals;

/// <summary>The last look before something is destroyed: is this still what was approved, by people who may still approve?</summary>
public sealed class ApprovalGuard(Access access, Func<Plan, string> digestOf)
{
    /// <summary>Why the step must not start, in words; null when it may.</summary>
    public string? Objection(Run run, PlannedStep step)
    {
        var phase = run.Plan.Phases.First(each => each.Id == step.Phase);

        if (!run.NeedsApproval(phase))
            return null;

        var name = run.ApprovalFor(phase);

        if (run.Approvals.GetValueOrDefault(name) is not { State: ApprovalState.Approved } approval)
            return $"{name} is not approved. {AskAgain(run)}";

        if (digestOf(run.Plan) is var digest && digest != approval.Digest)
            return $"The plan is not the one that was approved (digest {Words.Short(digest)}, approved {Words.Short(approval.Digest)}): the approval is void. {AskAgain(run)}";

        var standing = approval
            .Votes.Where(vote => vote.Decision is Decision.Approve && vote.By.Id != run.Requester.Id)
            .Count(vote => access.Holds(vote.By, run.Plan.Access.Approve));

        return standing >= approval.Quorum
            ? null
            : $"The approval of {name} is void: of those who approved, {standing} still hold the role {run.Plan.Access.Approve} and {approval.Quorum} must. {AskAgain(run)}";
    }

    private static string AskAgain(Run run) =>
        $"`/platform cancel {run.Id}` and ask for the run again: what is done already is not done twice.";
}
