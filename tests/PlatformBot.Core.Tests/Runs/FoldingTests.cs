using FsCheck;
using FsCheck.Fluent;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Incidents;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>What holds of every journal there can be, and of every beginning of it.</summary>
public sealed class FoldingTests
{
    private static readonly Config Thoroughly = Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(100);

    /// <summary>Each entry is one that the tables permit in the state before it.</summary>
    [Fact]
    public void What_the_tables_permit_happens_exactly_as_they_say() =>
        Prop.ForAll<byte[]>(choices =>
            {
                var run = Opened();

                foreach (var choice in choices)
                {
                    var moves = Moves.PermittedIn(run).ToList();

                    if (moves.Count == 0)
                        break;

                    var move = moves[choice % moves.Count];
                    var next = run.Fold(After(run, move.What));
                    ShouldFollow(run, next);

                    if (move is { Step: { } step, Trigger: { } trigger })
                        next.Steps[step].State.ShouldBe(StepStates.Table.Next(run.Steps[step].State, trigger)!.Value);

                    run = next;
                }
            })
            .Check(Thoroughly);

    /// <summary>Entries in any order, about anything: also those that no bot would write.</summary>
    [Fact]
    public void No_journal_breaks_a_replay_or_leaves_the_tables() =>
        Prop.ForAll<byte[]>(choices =>
            {
                var run = Opened();
                var moves = Moves.All(run.Plan.Steps.Select(step => step.Id).Append("no-such-step")).ToList();

                foreach (var choice in choices)
                {
                    var next = run.Fold(After(run, moves[choice * 7 % moves.Count].What));
                    ShouldFollow(run, next);
                    run = next;
                }
            })
            .Check(Thoroughly);

    [Fact]
    public void Replaying_a_beginning_gives_what_the_bot_had_then() =>
        Prop.ForAll<byte[], byte>(
                (choices, kept) =>
                {
                    var run = Opened();
                    var entries = new List<Entry> { Opening() };
                    var was = new List<string> { Told(run) };

                    foreach (var choice in choices)
                    {
                        var moves = Moves.PermittedIn(run).ToList();

                        if (moves.Count == 0)
                            break;

                        entries.Add(After(run, moves[choice % moves.Count].What));
                        run = run.Fold(entries[^1]);
                        was.Add(Told(run));
                    }

                    var beginning = 1 + kept % entries.Count;
                    Told(Run.Replay(entries.Take(beginning))!).ShouldBe(was[beginning - 1]);
                }
            )
            .Check(Thoroughly);

    [Fact]
    public void What_the_tables_do_not_permit_or_the_plan_does_not_have_changes_nothing() =>
        Prop.ForAll<byte[]>(choices =>
            {
                var run = Opened();

                foreach (var choice in choices)
                {
                    var moves = Moves.PermittedIn(run).ToList();

                    if (moves.Count == 0)
                        break;

                    run = run.Fold(After(run, moves[choice % moves.Count].What));

                    foreach (var stray in Moves.ForbiddenIn(run))
                        Told(run.Fold(After(run, stray.What))).ShouldBe(Told(run), $"{run.State}: {stray.What}");
                }
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(60));

    [Fact]
    public void A_journal_that_does_not_begin_with_a_plan_is_no_run()
    {
        Run.Replay([]).ShouldBeNull();
        Run.Replay([Opening() with { What = new RunEvent.Closed() }]).ShouldBeNull();
        Run.Replay([Opening() with { Run = null }]).ShouldBeNull();
    }

    private static Run Opened() => Run.Begin(Opening())!;

    private static Entry Opening() => new(1, new RunId(1), Nine, Ada, new RunEvent.Planned(Moves.Plan, "ops"), "");

    /// <summary>A vote and a reason are Grace's; the rest is the bot's.</summary>
    private static Entry After(Run run, RunEvent what) =>
        new(
            run.Version + 1,
            run.Id,
            Nine.AddSeconds(run.Version),
            what is RunEvent.Voted ? Grace : Person.Bot,
            what,
            ""
        );

    private static DateTimeOffset Nine => new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    private static void ShouldFollow(Run before, Run after)
    {
        after.Version.ShouldBe(before.Version + 1);
        RunStates.Table.ShouldReach(before.State, after.State);
        after.IsOver.ShouldBe(after.EndedAt is not null);

        foreach (var (id, step) in after.Steps)
            StepStates.Table.ShouldReach(before.Steps[id].State, step.State);

        foreach (var (id, phase) in after.Phases)
            PhaseStates.Table.ShouldReach(before.Phases[id], phase);

        foreach (var (id, approval) in before.Approvals)
        {
            // Asked again, it is another approval.
            if (after.Approvals[id].AskedAt == approval.AskedAt)
                ApprovalStates.Table.ShouldReach(approval.State, after.Approvals[id].State);
        }

        foreach (var (id, incident) in before.Incidents)
        {
            // A fault after a closed one is another fault.
            if (after.Incidents[id].Since == incident.Since)
                IncidentStates.Table.ShouldReach(incident.State, after.Incidents[id].State);
        }
    }

    /// <summary>Everything that later decisions are made on.</summary>
    private static string Told(Run run) =>
        string.Join(
            '\n',
            new[] { $"{run.State} {run.CancelAsked} {run.EndedAt:O} {run.EndedWhy} {run.IsClosed}" }
                .Concat(Sorted(run.Steps, step => step with { Processes = [] }))
                .Concat(Sorted(run.Steps, step => string.Join(',', step.Processes)))
                .Concat(Sorted(run.Phases, phase => phase))
                .Concat(Sorted(run.Approvals, approval => approval with { Votes = [] }))
                .Concat(Sorted(run.Approvals, approval => string.Join(',', approval.Votes)))
                .Concat(Sorted(run.Incidents, incident => incident))
                .Concat(Sorted(run.Posts, post => post))
        );

    private static IEnumerable<string> Sorted<T>(IReadOnlyDictionary<string, T> all, Func<T, object> told) =>
        all.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => $"{each.Key}: {told(each.Value)}");
}
