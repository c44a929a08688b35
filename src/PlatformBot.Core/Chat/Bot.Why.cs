using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>Which rule decides, who can lift it: a line for each thing that stands in somebody's way, or does not.</summary>
public sealed partial class Bot
{
    private const int MostPeople = 12;

    private Task<Reply> WhyAsync(ChatCommand command, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        if (words.Count > 0 && _catalogue.Find(words).Ok(out var found, out _))
        {
            var (runbook, rest) = found;

            if (MaySomehow(command.By, runbook.Access.Run) is { } never)
                return Task.FromResult(Reply.Refuse(WithHolders(never, runbook.Access.Run)));

            return Task.FromResult(
                Plan(runbook, rest).Ok(out var plan, out var refusal)
                    ? new Reply(Listed(plan.Title, WhyStart(command.By, plan)))
                    : Reply.Refuse(Quoted(refusal))
            );
        }

        if (words.Count > 0 && RunId.Parse(words[0]) is null)
            return Task.FromResult(Reply.Refuse(Unknown(words[0])));

        if (!Target(words, out _).Ok(out var run, out var no))
            return Task.FromResult(Reply.Refuse(no));

        return Task.FromResult(
            MaySomehow(command.By, "viewer") is { } blind
                ? Reply.Refuse(blind)
                : new Reply(
                    Listed($"Run {run.Id} · {run.Title}, {RunCard.StateWords(run.State)}", WhyRun(command.By, run))
                )
        );
    }

    private static string Listed(string what, IEnumerable<string> lines) =>
        $"**{Markdown.Inline(what)}**\n{string.Concat(lines.Select(line => $"- {line}\n"))}".TrimEnd();

    private IEnumerable<string> WhyStart(Caller by, Plan plan)
    {
        var reach = Reach.Of(plan);
        yield return _access.GroundOf(by.Person, plan.Access.Run, reach) is { } ground
            ? $":white_check_mark: You may start it: {ground}."
            : $":no_entry: You may not start it. {Who(plan.Access.Run, reach, except: null)}";

        if (Kept(plan) is { } kept)
            yield return $":no_entry: It does not start: {kept.Reason} {kept.Hint}";

        foreach (var tool in _actions.MissingTools(plan))
            yield return $":no_entry: It does not start: missing on the bot's host: {Markdown.Inline(tool)}.";

        var asked = plan.Phases.Where(plan.NeedsApproval).ToList();

        foreach (var phase in asked)
        {
            var what = plan.Approval.Per == "run" ? "All of it" : $"**{phase.Id}**";
            var of = plan.Approval.Per == "run" ? reach : Reach.Of(plan, phase);
            yield return $":lock: {what} then needs {plan.Approval} by somebody other than who starts it. {WhoDecides(plan, of, by.Person)}";

            if (plan.Approval.Per == "run")
                yield break;
        }

        if (asked.Count == 0)
            yield return ":white_check_mark: Nothing in it is destructive, so nobody else is asked.";
    }

    private IEnumerable<string> WhyRun(Caller by, Run run)
    {
        if (run.IsOver)
        {
            yield return $"It is over{(run.EndedWhy is { } why ? $": {Markdown.Inline(why)}" : "")}. Nothing can be decided in it any more.";
            yield break;
        }

        var against = Standing(run).Concat(run.PendingApprovals.Select(each => WhyApproval(by, run, each)));

        foreach (var line in against.DefaultIfEmpty(":white_check_mark: Nothing stands in its way: it runs."))
            yield return line;

        yield return _access.GroundOf(by.Person, run.Plan.Access.Run, Reach.Of(run.Plan)) is { } ground
            ? $":white_check_mark: You may pause, cancel, retry and skip: {ground}."
            : $":no_entry: You may not pause, cancel, retry or skip. {Who(run.Plan.Access.Run, Reach.Of(run.Plan), except: null)}";
    }

    private IEnumerable<string> Standing(Run run)
    {
        var turn = WishPosts.Turn(run, _turns, _clock.GetUtcNow());

        if (turn.Length > 0)
            yield return $":hourglass: {turn} `/platform unlock` asks a second person to take locks away.";

        if (run.PausedBy is { } paused)
            yield return $":double_vertical_bar: Paused by {paused.By}. {Who(run.Plan.Access.Run, Reach.Of(run.Plan), except: null)} `/platform resume {run.Id}` lets it go on.";

        if (FreezePosts.OnCard(run, _freezes.Now) is { Length: > 0 } frozen)
            yield return frozen.Trim();

        foreach (var step in run.Failed.Concat(run.NotRolledBack))
            yield return $":rotating_light: {Markdown.Code(step.Id)} failed and waits for a decision. {Who(run.Plan.Access.Run, Reach.OfStep(run, step.Id), except: null)}";

        foreach (var step in run.AwaitingEvidence)
            yield return $":raised_hand: {Markdown.Code(step.Id)} waits for a person. {Who(run.Plan.Access.Run, Reach.OfStep(run, step.Id), except: null)}";

        foreach (var step in run.AwaitingSecondPerson)
            yield return $":eyes: {Markdown.Code(step.Id)} waits for a second person. {Who(run.Plan.Access.Approve, Reach.OfStep(run, step.Id), run.At(step).Evidence!.By)}";
    }

    private string WhyApproval(Caller by, Run run, Approval approval)
    {
        var reach = Reach.Of(run, approval.Phase);
        var may = approval
            .Roles.Select(role => _access.GroundOf(by.Person, role, reach))
            .FirstOrDefault(each => each is not null);
        var objection = approval.Objection(
            by.Person,
            Decision.Approve,
            approval.Digest,
            may is not null,
            _clock.GetUtcNow()
        );
        var you = objection is null ? $"You can: {may}." : $"You cannot: {objection.Reason}";
        var missing = Words.Count(Math.Max(1, approval.Quorum - approval.Votes.Count), "more approval");
        var groups = approval.Missing.Count == 0 ? "" : $" ({Seats.Words(approval.Missing)})";
        return $":lock: **{ApprovalPosts.Approved(approval.Phase)}** waits for {missing}{groups} until {Words.Utc(approval.ExpiresAt)}. {WhoDecides(run.Plan, reach, approval.Requester)} {you}";
    }

    private string WhoDecides(Plan plan, Reach reach, Person except) =>
        string.Join(
            ' ',
            plan.Approval.GroupNames.DefaultIfEmpty(plan.Access.Approve).Select(role => Who(role, reach, except))
        );

    private Refusal WithHolders(Refusal refusal, string role) => refusal with { Hint = Who(role, null, except: null) };

    /// <summary>Who could, and where that is said.</summary>
    private string Who(string role, Reach? reach, Person? except)
    {
        var people = _access.Holders(role, reach).Where(person => person.Id != except?.Id).ToList();
        var what = $"the role {role}{(reach is null ? "" : $" for {Markdown.Inline($"{reach}")}")}";
        var names = string.Join(' ', people.Take(MostPeople).Select(Called));
        var more = people.Count > MostPeople ? $" and {people.Count - MostPeople} more" : "";
        return people.Count == 0
            ? $"Nobody{(except is null ? "" : " else")} has {what}: whoever runs the bot's host can give it (`Access:Roles`, `Access:Grants`)."
            : $"It takes {what}, which {names}{more} {(people.Count == 1 ? "has" : "have")} (`Access:Roles`, `Access:Grants`).";
    }

    private static string Called(Person person) => person.Id == Access.Everyone ? "everybody" : $"{person}";
}
