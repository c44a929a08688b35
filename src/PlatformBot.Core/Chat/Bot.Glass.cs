using System.Globalization;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>Breaking glass: one person approves alone, loudly, and a second one looks at it afterwards.</summary>
public sealed partial class Bot
{
    private const int ShortestReason = 10;

    private static readonly Refusal NotSetUp = new(
        "Nobody can approve alone here: breaking glass is not set up.",
        "Whoever runs the bot's host can name a role for it: Access:BreakGlass in the settings."
    );
    private static readonly Refusal OwnGlass = new(
        "You broke it yourself, so somebody else must look.",
        "Rule: whoever broke glass never reviews it. Its post names who can."
    );

    private async Task<Reply> BreakGlassAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    )
    {
        if (_glass.Role is not { } role)
            return await RefuseAsync(command.By, null, command.Text, NotSetUp);

        if (!Target(words, out var rest).Ok(out var run, out var refusal))
            return await RefuseAsync(command.By, null, command.Text, refusal);

        var reason = Words.Cut(string.Join(' ', rest.Skip(1)), LongestReason);

        if (reason.Length < ShortestReason)
        {
            var usage = new Refusal(
                $"Breaking glass needs the name of what is approved, and a reason of at least {ShortestReason} characters.",
                Usage("break-glass")
            );
            return await RefuseAsync(command.By, run.Id, command.Text, usage);
        }

        var reach = Reach.Of(run, rest[0]);
        var may = await _standing.OfAsync(command.By, role, reach, CancellationToken.None);

        return (Unfit(may) ?? (may is MayDecide.Yes ? null : NoRole(role, reach))) is { } unfit
            ? await RefuseAsync(command.By, run.Id, command.Text, unfit)
            : await BreakGlassAsync(command.By, run, rest[0], reason, role);
    }

    /// <summary>First that glass is broken, for all to see, then what follows from it: a crash between the two has said too much, and done nothing.</summary>
    private async Task<Reply> BreakGlassAsync(Caller by, Run run, string phase, string reason, string role)
    {
        var what = $"break glass for {phase}";

        if (AgainstAlone(run, phase, reason) is { } no)
            return await RefuseAsync(by, run.Id, what, no);

        var digest = run.Approvals[phase].Digest;

        return (await GlassAsync(by, run, phase, digest, reason)).Ok(out var glass, out var unbroken)
            ? await DecideAsync(by, run, what, now => Alone(now, phase, reason, glass, role), now => Alone(now, glass))
            : await RefuseAsync(by, run.Id, what, unbroken);
    }

    /// <summary>The glass, broken now. Whom a crash cut off after breaking it breaks no second one for the same.</summary>
    private async Task<Result<Glass>> GlassAsync(Caller by, Run run, string phase, string digest, string reason)
    {
        if (
            _ledger.Now.Unreviewed is { } open
            && (open.By.Id, open.Run, open.Approval, open.Digest) == (by.Id, run.Id, phase, digest)
        )
        {
            return open;
        }

        var broken = await _ledger.DecideAsync(
            by,
            now =>
                now.Unreviewed is { } other
                    ? GlassPosts.Refuse(other, Reviewers(other))
                    : new RunEvent.GlassBroken(now.LastGlass + 1, run.Id.Number, phase, digest, reason)
        );
        return broken.Ok(out var ledger, out var refusal) ? ledger.Glasses[ledger.LastGlass] : refusal;
    }

    private Result<RunEvent> Alone(Run now, string phase, string reason, Glass glass, string role)
    {
        if (AgainstAlone(now, phase, reason) is { } objection)
            return objection;

        return now.Approvals[phase].Digest == glass.Digest
            ? new RunEvent.ApprovedAlone(phase, glass.Digest, reason, glass.Number, role)
            : new Refusal("The plan has changed meanwhile.", "Look at it again, and break the glass for that.");
    }

    private static string Alone(Run now, Glass glass) =>
        $":rotating_light: Glass {glass.Number} is broken: {glass.Approval} of run {now.Id} is approved by you alone; it goes on. Everybody who can approve is told, and nothing else that destroys starts until one of them says `/platform review {glass.Number} <words>`.";

    /// <summary>What stands against approving this alone, besides the role. Whose run it is does not.</summary>
    private Refusal? AgainstAlone(Run run, string phase, string reason)
    {
        if (Scheduler.IsEnding(run))
            return TooLate(run);

        if (run.Rollback is { } wish && phase != wish.Approval)
            return BeingUndone(run);

        if (run.Approvals.GetValueOrDefault(phase) is not { State: ApprovalState.Requested } approval)
        {
            return new Refusal(
                $"Run {run.Id} waits for no approval of {Markdown.Code(Words.Cut(phase, 60))}.",
                $"`/platform status {run.Id}` shows what it waits for."
            );
        }

        if (approval.ExpiresAt <= _clock.GetUtcNow())
            return new Refusal($"The approval of {phase} has expired.", "Ask for the run again.");

        return approval.MustType.Names.Except(reason.Split(' ', ',', '.', ':', ';'), StringComparer.Ordinal).Any()
            ? new Refusal(
                $"Nobody can undo what {phase} does. Whoever approves it alone names it in the reason: {approval.MustType.Wanted}.",
                $"For example `/platform break-glass {run.Id} {phase} {approval.MustType}: <reason>`."
            )
            : Frozen(run, phase);
    }

    private async Task<Reply> ReviewAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    ) =>
        words.Count > 0 && GlassIn(words[0]) is { } number
            ? await ReviewAsync(command.By, number, Words.Cut(string.Join(' ', words.Skip(1)), LongestReason))
            : await RefuseAsync(command.By, null, command.Text, new Refusal("Which glass?", Usage("review")));

    /// <summary>The one place where a review is counted, whichever way it came in.</summary>
    private async Task<Reply> ReviewAsync(Caller by, long number, string words)
    {
        var what = $"review glass {number}";

        if (_ledger.Now.Glasses.GetValueOrDefault(number) is not { } glass)
            return await RefuseAsync(by, null, what, NoSuchGlass(number));

        var may = await _standing.OfAsync(by, "approver", glass.Reach(_runs), CancellationToken.None);

        if (Unfit(may) is { } unfit)
            return await RefuseAsync(by, null, what, unfit);

        var reviewed = await _ledger.DecideAsync(
            by,
            now => AgainstReview(now, by, number, words, may) is { } no ? no : new RunEvent.GlassReviewed(number, words)
        );
        return reviewed.Ok(out _, out var refusal)
            ? new Reply($":white_check_mark: Glass {number} is reviewed; what destroys may be started again.")
            : await RefuseAsync(by, null, what, refusal);
    }

    private Refusal? AgainstReview(Ledger now, Caller by, long number, string words, MayDecide may) =>
        now.Glasses.GetValueOrDefault(number) switch
        {
            null => NoSuchGlass(number),
            { Reviewed: { } glance } => new Refusal($"{glance.By} has reviewed it already.", "Nothing is left to do."),
            var glass when glass.By.Id == by.Id => OwnGlass,
            var glass when may is not MayDecide.Yes => NoRole("approver", glass.Reach(_runs)),
            _ when words.Trim().Length == 0 => new Refusal("A review says what was seen.", Usage("review")),
            _ => null,
        };

    private static Refusal NoSuchGlass(long number) =>
        new($"No glass {number} waits for a review.", "The posts of broken glass say their numbers.");

    /// <summary>Why nothing that destroys is started now; null when nothing keeps it, or the plan destroys nothing.</summary>
    private Refusal? Unreviewed(Plan plan) =>
        _ledger.Now.Unreviewed is { } glass && plan.Steps.Any(step => step.Destructive is not null)
            ? GlassPosts.Refuse(glass, Reviewers(glass))
            : null;

    private IReadOnlyList<Person> Reviewers(Glass glass) => _access.Holders("approver", glass.Reach(_runs));

    /// <summary>"glass-2", "2" or "#2".</summary>
    private static long? GlassIn(string word) =>
        long.TryParse(
            word.StartsWith("glass-", StringComparison.Ordinal) ? word["glass-".Length..] : word.TrimStart('#'),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;
}
