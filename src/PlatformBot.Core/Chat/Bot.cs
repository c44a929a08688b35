using PlatformBot.Core.Approvals;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runbooks;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>
/// Start reading here: what the bot does with a command, a button, a dialog. Every way in (slash, mention, button, dialog, console)
/// ends in the same few methods; every "no" to something that would change the world is written in the journal.
/// </summary>
public sealed partial class Bot : IConversation
{
    private const int LongestNote = 500;

    /// <summary>Which role exactly is looked at when it is known what for; whoever has none learns not even what there is.</summary>
    private const string SomeRole = "?";

    private readonly Catalogue _catalogue;
    private readonly PlanPaths _paths;
    private readonly RunHost _runs;
    private readonly RunLocks _turns;
    private readonly IJournal _journal;
    private readonly IStepActions _actions;
    private readonly PlanLook _plans;
    private readonly IChat _chat;
    private readonly IClusterViews _clusters;
    private readonly Standing _standing;
    private readonly LiveLedger _ledger;
    private readonly FreezeBook _freezes;
    private readonly Denials _denials;
    private readonly BreakGlass _glass;
    private readonly Access _access;
    private readonly TimeProvider _clock;
    private readonly IReadOnlyList<BuiltIn> _builtIns;

    public Bot(
        Catalogue catalogue,
        PlanPaths paths,
        RunHost runs,
        RunLocks turns,
        IJournal journal,
        IStepActions actions,
        PlanLook plans,
        IChat chat,
        IClusterViews clusters,
        Standing standing,
        Safeguards safeguards,
        Access access,
        TimeProvider clock
    )
    {
        (_catalogue, _paths, _runs, _turns, _journal, _actions) = (catalogue, paths, runs, turns, journal, actions);
        (_plans, _chat, _clusters, _standing, _access, _clock) = (plans, chat, clusters, standing, access, clock);
        (_ledger, _freezes, _denials, _glass) = safeguards;
        _builtIns = BuiltIns();
    }

    /// <summary>A command that is not a runbook.</summary>
    /// <param name="Role">who may use it</param>
    /// <param name="Do">gets the words after the command</param>
    private sealed record BuiltIn(
        string Name,
        string Usage,
        string Help,
        string Role,
        Func<ChatCommand, IReadOnlyList<string>, CancellationToken, Task<Reply>> Do
    );

    // csharpier-ignore - one row per command
    private IReadOnlyList<BuiltIn> BuiltIns() =>
    [
        new("help",    "help [command]",                 "What I can do, or how one command is used",             Access.Everyone, HelpAsync),
        new("plan",    "plan <runbook> [arguments] | --diff [#run]", "What would run and what is done already, or what a run's runbook would do differently now; changes nothing", "viewer", PlanAsync),
        new("status",  "status [#run | <cluster> | clusters]", "Where things stand; how a cluster is, live",                                    "viewer",        StatusAsync),
        new("logs",    "logs [#run] <step>",             "What a step ran and what it said",                      "viewer",        LogsAsync),
        new("history", "history [count]",                "The latest runs",                                       "viewer",        HistoryAsync),
        new("why",     "why <runbook> [arguments] | [#run]", "Which rule decides, for you, and who can lift it", SomeRole, WhyAsync),
        new("whoami",  "whoami",                         "Your roles, and what they allow",                       Access.Everyone, WhoAmIAsync),
        new("approve", "approve [#run] [phase] [names]", "Say yes to what is destructive; where nobody can undo it, with the clusters' names",                        SomeRole, ApproveAsync),
        new("deny",    "deny [#run] [phase] <reason>",   "Say no, and why",                                       SomeRole, DenyAsync),
        new("request", "request [#run] [phase]",         "In the console: a file from which somebody elsewhere can decide", "viewer", RequestAsync),
        new("confirm", "confirm [#run] <step> <what you saw>", "Say that a manual step is done, or that what somebody said of it is so", SomeRole, ConfirmAsync),
        new("reject",  "reject [#run] <step> <reason>",  "Say that a manual step is not done as it was said",     SomeRole, RejectAsync),
        new("retry",   "retry [#run] [step]",            "Try a failed step again",                               "operator",      RetryAsync),
        new("skip",    "skip [#run] <step> <reason>",    "Go on without a failed step",                           "operator",      SkipAsync),
        new("cancel",  "cancel [#run] [reason]",         "End a run; what is done stays",                         "operator",      CancelAsync),
        new("pause",   "pause [#run] [reason]",          "Start nothing new; what is under way ends",             "operator",      PauseAsync),
        new("resume",  "resume [#run]",                  "Let a paused run go on",                                "operator",      ResumeAsync),
        new("rollback", "rollback [#run] [reason]",      "Undo what a run did, the latest first, and end it",     "operator",      RollbackAsync),
        new("locks",   "locks",                          "Who holds which lock, and who waits for it",            "viewer",        LocksAsync),
        new("break-glass", "break-glass [#run] <phase> <reason>", "Approve alone in an emergency, where that is set up; everybody is told, and somebody else must review it", SomeRole, BreakGlassAsync),
        new("review",  "review <number> <what you saw>", "Say that you have looked at what somebody approved alone", SomeRole, ReviewAsync),
        new("freeze",  "freeze [cluster] [for 2h | until 2026-12-01T08:00Z] <reason>", "Let nothing be destroyed for a while, on one cluster or all", SomeRole, FreezeAsync),
        new("freezes", "freezes",                        "What is frozen now, and what will be",                  "viewer",        FreezesAsync),
        new("unfreeze", "unfreeze <name> <reason>",      "Ask a second person to end a freeze before its time",   SomeRole, UnfreezeAsync),
        new("repin",   "repin <cluster> <reason>",       "Let a cluster's name mean another cluster, because it was made anew", "admin",     RepinAsync),
        new("unlock",  "unlock [#run] <reason>",         "Ask a second person to take a run's locks from it",     "operator",      UnlockAsync),
    ];

    public Task<Reply> HearAsync(ChatCommand command, CancellationToken cancellationToken) =>
        OrNothingAsync(() => UnderstandAsync(command, cancellationToken));

    private async Task<Reply> UnderstandAsync(ChatCommand command, CancellationToken cancellationToken)
    {
        if (!CommandWords.Split(command.Text).Ok(out var words, out var refusal))
            return await RefuseAsync(command.By, null, command.Text, refusal);

        if (words.Count == 0)
            return Menu(command);

        var (name, rest) = (words[0], words.Skip(1).ToList());

        if (_builtIns.FirstOrDefault(each => each.Name == name) is { } builtIn)
        {
            return MaySomehow(command.By, builtIn.Role) is { } no
                ? await RefuseAsync(command.By, null, command.Text, no)
                : await builtIn.Do(command, rest, cancellationToken);
        }

        return _catalogue.Find(words).Ok(out var found, out _)
            ? await StartAsync(command, found.Runbook, [.. found.After])
            : await RefuseAsync(command.By, null, command.Text, Unknown(name));
    }

    public async Task SuspectAsync(string what, string from, CancellationToken cancellationToken) =>
        await _journal.AppendAsync(
            null,
            Person.Bot,
            new RunEvent.Suspected(Words.Cut(what, LongestNote), Words.Cut(from, 200))
        );

    /// <summary>What cannot be written down does not happen, and whoever asked for it is told so.</summary>
    private static async Task<Reply> OrNothingAsync(Func<Task<Reply>> answer)
    {
        try
        {
            return await answer();
        }
        catch (JournalUnavailableException away)
        {
            return Reply.Refuse(
                new Refusal(
                    $"Nothing was done, because it cannot be written down: {Markdown.Inline(Words.Cut(away.Message, 200))}",
                    "Make room for the journal on the bot's host, or mend its disk, and ask again. Runs stand still until then; nothing of them is lost."
                )
            );
        }
    }

    /// <summary>A runbook's command: plan it, freeze it, let it run.</summary>
    private async Task<Reply> StartAsync(ChatCommand command, Runbook runbook, IReadOnlyList<string> words)
    {
        // Whoever could start nothing of it learns nothing of what is wrong with it.
        if (MaySomehow(command.By, runbook.Access.Run) is { } never)
            return await RefuseAsync(command.By, null, command.Text, never);

        if (!Plan(runbook, words).Ok(out var plan, out var refusal))
        {
            await NoteRefusalAsync(command.By, null, command.Text, refusal);
            return Reply.Refuse(Quoted(refusal));
        }

        if ((MayUse(command.By, plan.Access.Run, Reach.Of(plan)) ?? Kept(plan)) is { } no)
            return await RefuseAsync(command.By, null, command.Text, no);

        if (_actions.MissingTools(plan) is { Count: > 0 } missing)
        {
            return await RefuseAsync(
                command.By,
                null,
                command.Text,
                new Refusal(
                    $"Nothing was started: tools are missing on the bot's host.\n- {string.Join("\n- ", missing)}",
                    "Install them, then ask again."
                )
            );
        }

        return (await _runs.StartAsync(command.By, plan, _chat.KnownHomeChannel ?? "")).Ok(out var live, out refusal)
            ? new Reply(
                $":clipboard: Run {live.Id} · {Markdown.Inline(live.Now.Title)}: {Words.Count(plan.Steps.Count(), "step")} in {Words.Count(plan.Phases.Count, "phase")}, plan {Markdown.Code(Words.Short(plan.Digest))}.\n{Next(live.Now)}"
            )
            : await RefuseAsync(command.By, null, command.Text, refusal);
    }

    /// <summary>What keeps it from being started now, whoever asks; null when nothing does.</summary>
    private Refusal? Kept(Plan plan) =>
        Unreviewed(plan)
        ?? Frozen(plan)
        ?? (_denials.Objection(plan, _clock.GetUtcNow()) is { } again ? Quoted(again) : null);

    private Result<Plan> Plan(Runbook runbook, IReadOnlyList<string> words)
    {
        if (!Selection.Take(words, out var rest).Ok(out var selection, out var refusal))
            return refusal;

        if (!Arguments.Bind(runbook, _catalogue.Inventory, rest).Ok(out var bound, out refusal))
            return refusal;

        return Planner.Plan(_catalogue, runbook, bound, _paths).Ok(out var plan, out refusal)
            ? selection.Of(plan)
            : refusal;
    }

    private string Next(Run run)
    {
        var turn = WishPosts.Turn(run, _turns, _clock.GetUtcNow());

        if (turn.Length > 0)
            return $":hourglass: {turn} Its card follows it; `/platform locks` shows the queue.";

        var phases = run.NeededApprovals.Select(ApprovalPosts.Approved).ToList();
        return phases.Count == 0
            ? "Nothing in it is destructive: it runs now. Its card follows it; the plan is in the card's thread."
            : $":lock: Before anything is destroyed, somebody else with the role {run.Plan.Access.Approve} must approve {string.Join(" and ", phases)}. The card follows the run; the plan is in its thread.";
    }

    /// <summary>Null when the person holds the role for all that is touched.</summary>
    private Refusal? MayUse(Caller by, string role, Reach reach) =>
        _access.Holds(by.Person, role, reach) ? null
        : _access.IsKnown ? NoRole(role, reach)
        : NotYet;

    /// <summary>Null when the person holds the role for something; what for exactly is looked at when it is known.</summary>
    private Refusal? MaySomehow(Caller by, string role) =>
        role == Access.Everyone || _access.HoldsSomehow(by.Person, role) ? null
        : role == SomeRole && _access.RolesOf(by.Person).Count > 0 ? null
        : _access.IsKnown && role == SomeRole ? Nobody
        : _access.IsKnown ? NoRole(role)
        : NotYet;

    private static readonly Refusal Nobody = new(
        "You have no role here.",
        "Whoever runs the bot's host can give you one (`Access:Roles`)."
    );

    private static readonly Refusal NotYet = new(
        "PlatformBot has just started and does not know yet who holds which role.",
        "Try again in a moment."
    );

    private static Refusal NoRole(string role, Reach? reach = null) =>
        new(
            $"This needs the role {role}{(reach is null ? "" : $" for {Markdown.Inline($"{reach}")}")}, and you do not have it.",
            "`/platform whoami` shows your roles, `/platform why <command or run>` who has them and where they are given."
        );

    private Refusal Unknown(string name)
    {
        var names = _builtIns
            .Select(builtIn => builtIn.Name)
            .Concat(_catalogue.Runbooks.Select(runbook => runbook.Command));
        var near = Suggestion.For(name, names);

        if (_catalogue.Begun(name) is { Length: > 0 } more)
            return new Refusal($"{Markdown.Code(Words.Cut(name, 60))} is not all of it.", $"Say which: {more}.");

        return new Refusal(
            $"There is no command {Markdown.Code(Words.Cut(name, 60))}.",
            near is null ? "`/platform help` lists what there is." : $"Did you mean `/platform {near}`?"
        );
    }

    /// <summary>A refusal in plain words, which may quote what was typed: shown so that the quote is nothing but a quote.</summary>
    private static Refusal Quoted(Refusal plain) =>
        new(Markdown.Inline(Words.Cut(plain.Reason, LongestNote)), Markdown.Inline(Words.Cut(plain.Hint, LongestNote)));

    /// <summary>Writes down that somebody was told no, and tells them.</summary>
    private async Task<Reply> RefuseAsync(Caller by, RunId? run, string what, Refusal refusal)
    {
        await NoteRefusalAsync(by, run, what, refusal);
        return Reply.Refuse(refusal);
    }

    private Task NoteRefusalAsync(Caller by, RunId? run, string what, Refusal refusal) =>
        _journal.AppendAsync(
            run,
            by.Person,
            new RunEvent.Refused(Words.Cut(what, LongestNote), Words.Cut(refusal.Reason, LongestNote))
            {
                Origin = by.Origin,
            }
        );
}
