using System.Collections.Immutable;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Audit;
using PlatformBot.Core.Incidents;
using PlatformBot.Core.Journals;

namespace PlatformBot.Core.Runs;

public sealed partial record Run
{
    /// <summary>The run after one more entry.</summary>
    public Run Fold(Entry entry) =>
        (this with { Version = entry.Number, Chain = AuditLine.Link(Chain, entry.Hash) })
            .Apply(entry)
            .FollowPhases()
            .FollowSteps();

    public RunEvent Said(string key, string channel, string post) => new RunEvent.Announced(key, channel, post);

    private Run Apply(Entry entry) =>
        entry.What switch
        {
            RunEvent.ApprovalAsked asked => With(Asked(asked, entry.At)),
            RunEvent.ApprovalCarried carried => Approvals.TryGetValue(carried.Phase, out var open)
                ? With(open.With(carried))
                : this,
            RunEvent.InputsSeen seen => Approvals.TryGetValue(seen.Phase, out var read)
                ? With(read.WithSeen(seen.Inputs))
                : this,
            RunEvent.Voted voted => Counted(voted, entry).AfterDecision(voted.Phase),
            RunEvent.ApprovalExpired expired => Approvals.TryGetValue(expired.Phase, out var late)
                ? With(late.Fire(ApprovalTrigger.Expire)).AfterDecision(expired.Phase)
                : this,
            RunEvent.ApprovedAlone alone => Alone(alone, entry).AfterDecision(alone.Phase),
            RunEvent.CancelAsked cancel => When(
                RunTrigger.Cancel,
                run => run with { CancelAsked = (entry.By, cancel.Reason) }
            ),
            RunEvent.Ended ended => Finished(ended, entry.At),
            RunEvent.Closed => this with { IsClosed = true },
            RunEvent.Announced said => this with
            {
                Posts = Posts.SetItem(said.Key, said.PostId),
                Channel = Channel.Length > 0 ? Channel : said.Channel,
            },
            RunEvent.IncidentReported reported => With(
                reported.Step,
                incident => incident.Fire(IncidentTrigger.Report) with { Issue = reported.Issue }
            ),
            RunEvent.IncidentClosed closed => With(closed.Step, incident => incident.Fire(IncidentTrigger.Close)),
            _ => ApplyControl(entry),
        };

    private Approval Asked(RunEvent.ApprovalAsked asked, DateTimeOffset at) =>
        new Approval(asked.Phase, asked.Digest, asked.AskedBy ?? Requester, asked.Quorum, at, asked.ExpiresAt)
        {
            Roles = Plan.DecidingRoles,
            Groups = Plan.Approval.Groups ?? ImmutableDictionary<string, int>.Empty,
            Inputs = asked.Inputs,
            Since = asked.Since,
            MustType = Confirmation.Of(StepsOf(asked.Phase)),
        };

    private Run Counted(RunEvent.Voted voted, Entry entry) =>
        Approvals.TryGetValue(voted.Phase, out var approval)
            ? With(
                approval.With(
                    new Vote(entry.By, voted.Decision, voted.Reason, entry.At, voted.Origin?.Signed)
                    {
                        Roles = voted.Roles ?? [],
                    }
                )
            )
            : this;

    private Run Alone(RunEvent.ApprovedAlone alone, Entry entry)
    {
        if (Approvals.GetValueOrDefault(alone.Phase) is not { State: ApprovalState.Requested } open)
            return this;

        var vote = new Vote(entry.By, Decision.Approve, alone.Reason, entry.At, alone.Origin?.Signed);
        return With(open.Fire(ApprovalTrigger.Approve) with { Alone = new LoneVote(vote, alone.Role) });
    }

    private Run Finished(RunEvent.Ended ended, DateTimeOffset at)
    {
        var trigger = ended.As switch
        {
            RunState.Succeeded => RunTrigger.Finish,
            RunState.Failed => RunTrigger.Abort,
            RunState.Cancelled => RunTrigger.Stop,
            RunState.RolledBack => RunTrigger.Undo,
            RunState.Denied => RunTrigger.Deny,
            _ => RunTrigger.Expire,
        };

        if (RunStates.Table.Next(State, trigger) is not { } end)
            return this;

        return this with
        {
            State = end,
            EndedAt = at,
            EndedWhy = ended.Why,
            EndAnchor = Anchor,
            LockedSince = null,
            Approvals = Approvals.ToImmutableDictionary(
                pair => pair.Key,
                pair => pair.Value.Fire(ApprovalTrigger.Withdraw)
            ),
        };
    }

    private Run Detect(string step, Failure failure, DateTimeOffset at) =>
        Incidents.TryGetValue(step, out var old)
            ? With(step, _ => old.Again(failure, at))
            : this with
            {
                Incidents = Incidents.Add(step, new Incident(step, at, [failure])),
            };

    private Run Heal(string step) => With(step, incident => incident.Fire(IncidentTrigger.Heal));

    private Run Acknowledge(string step) => With(step, incident => incident.Fire(IncidentTrigger.Acknowledge));

    private Run With(Approval approval) => this with { Approvals = Approvals.SetItem(approval.Phase, approval) };

    private Run With(string step, Func<Incident, Incident> change) =>
        Incidents.TryGetValue(step, out var incident)
            ? this with
            {
                Incidents = Incidents.SetItem(step, change(incident)),
            }
            : this;

    private Run Fire(RunTrigger trigger) => this with { State = RunStates.Table.Next(State, trigger) ?? State };

    /// <summary>What follows from a trigger, when the table lets the run move at all.</summary>
    private Run When(RunTrigger trigger, Func<Run, Run> then) =>
        RunStates.Table.Next(State, trigger) is { } next ? then(this with { State = next }) : this;
}
