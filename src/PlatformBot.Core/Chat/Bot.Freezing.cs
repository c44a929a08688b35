using System.Globalization;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runbooks;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>Times in which nothing is destroyed: made by one person, lifted by two.</summary>
public sealed partial class Bot
{
    private static readonly TimeSpan ThawExpires = TimeSpan.FromHours(4);
    private static readonly TimeSpan Outlook = TimeSpan.FromDays(14);

    private async Task<Reply> FreezeAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    )
    {
        if (!Meant(words).Ok(out var meant, out var no))
            return await RefuseAsync(command.By, null, command.Text, no);

        if (MayFreeze(command.By, meant) is { } may)
            return await RefuseAsync(command.By, null, command.Text, may);

        var made = await _ledger.DecideAsync(
            command.By,
            now => new RunEvent.Frozen(meant with { Name = $"{now.LastFreeze + 1}" })
        );
        return made.Ok(out var ledger, out no)
            ? new Reply(
                $":snowflake: {FreezePosts.Sentence(ledger.Freezes[ledger.LastFreeze])} Nothing new is destroyed there; what is under way ends. Ending it early takes a second person: `/platform unfreeze {ledger.LastFreeze} <reason>`."
            )
            : await RefuseAsync(command.By, null, command.Text, no);
    }

    /// <summary>The freeze that the words ask for, without its number.</summary>
    private Result<Freeze> Meant(IReadOnlyList<string> words)
    {
        var rest = words.ToList();
        var now = _clock.GetUtcNow();
        IReadOnlyList<string> clusters = [];
        DateTimeOffset? until = null;

        if (
            rest is [var first, ..]
            && (first == "all" || _catalogue.Inventory.Clusters.Any(each => each.Name == first))
        )
        {
            clusters = first == "all" ? [] : [first];
            rest.RemoveAt(0);
        }

        if (rest is ["for" or "until", var time, ..])
        {
            until = rest[0] == "for" ? now + Durations.Parse(time) : FreezeText.Moment(time);
            rest.RemoveRange(0, 2);

            if (until is null || until <= now)
            {
                return new Refusal(
                    $"{Markdown.Code(Words.Cut(time, 40))} is no time to come.",
                    "`for 90m`, `for 2h`, `for 3d` (30 days at most), or `until 2026-12-01T08:00Z`."
                );
            }
        }

        return rest.Count == 0
            ? new Refusal("A freeze needs a reason: people read it when they are refused.", Usage("freeze"))
            : new Freeze("", Words.Cut(string.Join(' ', rest), LongestReason), clusters, now, until);
    }

    private Task<Reply> FreezesAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    ) => Task.FromResult(new Reply(FreezePosts.List(_freezes.Now, _freezes.Coming(Outlook), _ledger.Now, Outlook)));

    private async Task<Reply> UnfreezeAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    )
    {
        if (words.Count < 2)
        {
            var usage = new Refusal("Lifting a freeze needs its name and a reason.", Usage("unfreeze"));
            return await RefuseAsync(command.By, null, command.Text, usage);
        }

        var reason = Words.Cut(string.Join(' ', words.Skip(1)), LongestReason);
        var asked = await _ledger.DecideAsync(command.By, now => ThawOf(now, command.By, words[0], reason));
        return asked.Ok(out var ledger, out var no)
            ? new Reply(
                $":lock: Somebody else with the role approver must agree: `/platform approve {Thaw.NameOf(ledger.LastThaw)}`, or the button in the channel."
            )
            : await RefuseAsync(command.By, null, command.Text, no);
    }

    private Result<RunEvent> ThawOf(Ledger now, Caller by, string name, string reason)
    {
        if (_freezes.Now.Freezes.FirstOrDefault(each => each.Name == name.TrimStart('#')) is not { } freeze)
        {
            return new Refusal(
                $"No freeze {Markdown.Code(Words.Cut(name, 40))} holds now.",
                "`/platform freezes` lists those that do."
            );
        }

        if (MayFreeze(by, freeze) is { } no)
            return no;

        if (now.Thaws.Values.FirstOrDefault(thaw => thaw.IsOpen && thaw.Freeze.Key == freeze.Key) is { } asked)
        {
            return new Refusal(
                $"{asked.Approval.Requester} has asked for that already.",
                $"Whoever may approve can say `/platform approve {asked.Name}`."
            );
        }

        var expires = _clock.GetUtcNow() + ThawExpires;
        return new RunEvent.ThawAsked(
            now.LastThaw + 1,
            freeze,
            reason,
            Thaw.DigestOf(freeze),
            Quorum: 1,
            freeze.Until < expires ? freeze.Until.Value : expires
        );
    }

    /// <summary>A typed vote is on the freeze as it is now.</summary>
    private Task<Reply> VoteOnThawAsync(Caller by, long number, Decision decision, string? reason)
    {
        var digest = _ledger.Now.Thaws.GetValueOrDefault(number)?.Approval.Digest ?? "";
        return VoteOnThawAsync(by, new RunEvent.ThawVoted(number, decision, digest, reason));
    }

    /// <summary>What is written after the name of the request.</summary>
    private static string ThawReason(IReadOnlyList<string> words) =>
        Words.Cut(string.Join(' ', words.Skip(1)), LongestReason);

    /// <summary>The vote on lifting a freeze: the very rules of any other vote.</summary>
    private async Task<Reply> VoteOnThawAsync(Caller by, RunEvent.ThawVoted vote)
    {
        var what = $"{vote.Decision} {Thaw.NameOf(vote.Number)}";

        if (vote is { Decision: Decision.Deny, Reason: null or "" })
            return await RefuseAsync(by, null, what, new Refusal("A denial needs a reason.", Usage("deny")));

        if (!_ledger.Now.Thaws.TryGetValue(vote.Number, out var thaw))
            return await RefuseAsync(by, null, what, NoSuchThaw(vote.Number));

        var reach = thaw.Freeze.Reach(_catalogue.Inventory);
        var may = await _standing.OfAsync(by, "approver", reach, CancellationToken.None);

        if (Unfit(may) is { } unfit)
            return await RefuseAsync(by, null, what, unfit);

        var voted = await _ledger.DecideAsync(by, now => Counted(now, by, may is MayDecide.Yes, vote));
        return voted.Ok(out var ledger, out var no)
            ? new Reply(ThawAnswer(ledger.Thaws[vote.Number]))
            : await RefuseAsync(by, null, what, no);
    }

    private Result<RunEvent> Counted(Ledger now, Caller by, bool mayDecide, RunEvent.ThawVoted vote)
    {
        if (!now.Thaws.TryGetValue(vote.Number, out var thaw))
            return NoSuchThaw(vote.Number);

        return
            thaw.Approval.Objection(by.Person, vote.Decision, vote.Digest, mayDecide, _clock.GetUtcNow())
                is { } objection
            ? objection
            : vote;
    }

    private static string ThawAnswer(Thaw thaw) =>
        thaw.Approval.State switch
        {
            ApprovalState.Approved =>
                $":white_check_mark: {Markdown.Code(thaw.Freeze.Name)} is lifted; what waited for it goes on.",
            ApprovalState.Denied => $":no_entry: {Markdown.Code(thaw.Freeze.Name)} stays.",
            _ => $":white_check_mark: Your vote counts: {thaw.Approval.Votes.Count} of {thaw.Approval.Quorum}.",
        };

    private static Refusal NoSuchThaw(long number) =>
        new(
            $"Nobody waits for {Thaw.NameOf(number)}.",
            "`/platform freezes` shows what is frozen, and who wants what lifted."
        );

    /// <summary>"thaw-2": the number, when the word is the name of such a request.</summary>
    private static long? ThawIn(string word) =>
        word.StartsWith("thaw-", StringComparison.Ordinal)
        && long.TryParse(word.AsSpan("thaw-".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>The number, when the first word names such a request.</summary>
    private static long? ThawIn(IReadOnlyList<string> words) => words.Count > 0 ? ThawIn(words[0]) : null;

    /// <summary>An operator or an approver of all that it covers.</summary>
    private Refusal? MayFreeze(Caller by, Freeze freeze)
    {
        var reach = freeze.Reach(_catalogue.Inventory);
        return MayUse(by, "approver", reach) is null ? null : MayUse(by, "operator", reach);
    }

    /// <summary>What of the plan a freeze forbids; null when none does.</summary>
    private Refusal? Frozen(Plan plan) => Refused(plan.Steps.Select(_freezes.Now.Over));

    /// <summary>What a freeze forbids of all that an approval would let begin.</summary>
    private Refusal? Frozen(Run run, string approval)
    {
        var frost = _freezes.Now;
        return run.Rollback?.Approval == approval
            ? Refused(run.Undoable.Select(frost.OverUndoing))
            : Refused(
                run.Plan.Phases.Where(phase => run.ApprovalFor(phase) == approval)
                    .SelectMany(phase => phase.Steps)
                    .Select(step => Scheduler.Kept(run, step, frost))
            );
    }

    private Refusal? Refused(IEnumerable<Freeze?> freezes) =>
        freezes.OfType<Freeze>().MaxBy(freeze => freeze.Until ?? DateTimeOffset.MaxValue) is { } freeze
            ? FreezePosts.Refuse(freeze, _access.Holders("approver", freeze.Reach(_catalogue.Inventory)))
            : null;
}
