using PlatformBot.Core.Journals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Approvals;

/// <summary>When asking again for what was denied has to wait.</summary>
/// <param name="Allowed">so many denials of the very same plan are free</param>
/// <param name="Within">older ones are forgotten</param>
/// <param name="Pause">after the last of the free ones; doubles with each further one</param>
public sealed record DenialRule(int Allowed, TimeSpan Within, TimeSpan Pause)
{
    private const int MostDoublings = 20;

    /// <summary>Until when this very plan may not be asked for; null when it may be.</summary>
    /// <param name="same">its denials within the time, newest first</param>
    public DateTimeOffset? Until(IReadOnlyList<Denial> same)
    {
        if (same.Count < Allowed)
            return null;

        var pause = Pause * Math.Pow(2, Math.Min(same.Count - Allowed, MostDoublings));
        return same[0].At + (pause < Within ? pause : Within);
    }
}

/// <summary>Somebody said no to a run.</summary>
/// <param name="Digest">of its plan</param>
public sealed record Denial(RunId Run, string Digest, Person By, string? Reason, DateTimeOffset At);

/// <summary>
/// What people said no to lately, as the journal has it. Whoever is asked the same again and again says yes in the end: so they see how
/// often others said no, and the same is not asked without end.
/// </summary>
public sealed class Denials(IJournal journal, DenialRule rule)
{
    private const int MostRuns = 300;

    /// <summary>Denials of the same command, whatever its arguments, newest first.</summary>
    /// <param name="before">those after it, and those too long before it, do not count</param>
    public IReadOnlyList<Denial> Of(Plan plan, DateTimeOffset before) =>
        [
            .. journal
                .Recent(MostRuns)
                .Where(line => line.State is RunState.Denied && line.Title.Split(' ')[0] == plan.Command)
                .Where(line => line.EndedAt > before - rule.Within && line.EndedAt <= before)
                .Select(line => Run.Replay(journal.Read(line.Id)))
                .OfType<Run>()
                .Select(DenialOf)
                .OfType<Denial>()
                .OrderByDescending(denial => denial.At),
        ];

    /// <summary>What stands against asking for this plan now, in plain words; null when nothing does.</summary>
    public Refusal? Objection(Plan plan, DateTimeOffset now)
    {
        var same = Of(plan, now).Where(denial => denial.Digest == plan.Digest).ToList();

        return rule.Until(same) is { } until && until > now
            ? new Refusal(
                $"This very plan was denied {same.Count} times within {Words.Span(rule.Within)}, last by {same[0].By}: {same[0].Reason}. It may be asked for again at {until.UtcDateTime:yyyy-MM-dd HH:mm} UTC.",
                $"Change what was objected to: a plan that differs may be asked for at once. Or talk to {same[0].By}."
            )
            : null;
    }

    /// <summary>Taking back what one has asked for oneself is no denial.</summary>
    private static Denial? DenialOf(Run run) =>
        run
            .Approvals.Values.Select(approval =>
                approval.Votes.Find(vote => vote.Decision is Decision.Deny && vote.By.Id != approval.Requester.Id)
            )
            .OfType<Vote>()
            .Select(vote => new Denial(run.Id, run.Plan.Digest, vote.By, vote.Reason, vote.At))
            .LastOrDefault();
}
