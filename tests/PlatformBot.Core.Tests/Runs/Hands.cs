using PlatformBot.Core.Approvals;
using PlatformBot.Core.Runs;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>What people do to a run, where it may be done; elsewhere nothing happens, as when the bot refuses.</summary>
internal static class Hands
{
    private static readonly Refusal No = new("No.", "Not now.");

    public static Task DecideAsync(this Stage stage, Person by, Decision decision) =>
        stage.Live.DecideAsync(
            by,
            run =>
                run.Approvals.GetValueOrDefault("foundation") is { } asked
                && asked.Objection(by, decision, "d1", mayDecide: true, stage.Clock.GetUtcNow()) is null
                    ? new RunEvent.Voted("foundation", decision, "d1", null, "test")
                    : No
        );

    public static Task CancelAsync(this Stage stage) =>
        stage.Live.DecideAsync(
            Ada,
            run => RunStates.Table.Next(run.State, RunTrigger.Cancel) is null ? No : new RunEvent.CancelAsked(null)
        );

    public static Task OnFailedAsync(this Stage stage, Func<string, RunEvent> what) =>
        stage.Live.DecideAsync(
            Ada,
            run =>
                run is { IsOver: false, CancelAsked: null } && run.Failed.FirstOrDefault() is { } failed
                    ? what(failed.Id)
                    : No
        );

    public static Task ConfirmAsync(this Stage stage) =>
        stage.Live.DecideAsync(
            Ada,
            run =>
                run.AwaitingEvidence.FirstOrDefault() is { } waiting
                    ? new RunEvent.EvidenceGiven(waiting.Id, "seen")
                    : No
        );

    public static Task JudgeAsync(this Stage stage, Func<string, long, RunEvent> what) =>
        stage.Live.DecideAsync(
            Grace,
            run =>
                run.AwaitingSecondPerson.FirstOrDefault() is { } waiting
                    ? what(waiting.Id, run.At(waiting).Evidence!.Number)
                    : No
        );

    public static async Task ComeBackAsync(this Stage stage)
    {
        await stage.StopAsync();
        stage.Restart();
    }

    public static Task Passes(this Stage stage, TimeSpan time)
    {
        stage.Clock.Advance(time);
        return Task.CompletedTask;
    }

    public static Task Shows(this Stage stage, string check, bool? holds)
    {
        stage.World.Shows(check, holds);
        return Task.CompletedTask;
    }

    /// <summary>Lets what was begun go a little further.</summary>
    public static async Task BreathesAsync(this Stage stage)
    {
        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAny(
                stage.Live.Changed,
                Task.Delay(
                    TimeSpan.FromMilliseconds(1),
                    TimeProvider.System,
                    Xunit.TestContext.Current.CancellationToken
                )
            );
        }
    }

    public static Task PauseAsync(this Stage stage) =>
        stage.Live.DecideAsync(
            Ada,
            run =>
                RunStates.Table.Next(run.State, RunTrigger.Pause) is null || run.Rollback is not null
                    ? No
                    : new RunEvent.Paused(null)
        );

    public static Task ResumeAsync(this Stage stage) =>
        stage.Live.DecideAsync(
            Ada,
            run =>
                run.State is RunState.Paused && !run.Steps.Values.Any(step => StepStates.IsUndone(step.State))
                    ? new RunEvent.Resumed()
                    : No
        );

    public static Task RollBackAsync(this Stage stage) =>
        stage.Live.DecideAsync(
            Ada,
            run =>
                RunStates.Table.Next(run.State, RunTrigger.RollBack) is not null && run.RollbackDue.Any()
                    ? new RunEvent.RollbackAsked("wrong version")
                    : No
        );

    public static Task UnlockAsync(this Stage stage) =>
        stage.Live.DecideAsync(
            Ada,
            run =>
                run
                    is {
                        Unlock: null,
                        HasItsTurn: true,
                        CancelAsked: null,
                        IsOver: false,
                        State: not RunState.RollingBack
                    }
                    ? new RunEvent.UnlockAsked("I need it")
                    : No
        );

    /// <summary>A second person answers whatever wish is open: a rollback, or giving up the locks.</summary>
    public static Task AnswerWishAsync(this Stage stage, Decision decision) =>
        stage.Live.DecideAsync(
            Grace,
            run =>
                run.PendingApprovals.FirstOrDefault(approval => approval.Phase != "foundation") is { } wish
                && wish.Objection(Grace, decision, "d1", mayDecide: true, stage.Clock.GetUtcNow()) is null
                    ? new RunEvent.Voted(wish.Phase, decision, "d1", "because", "test")
                    : No
        );

    /// <summary>A person looks at a compensation that did not work, and wants it again.</summary>
    public static Task UndoAgainAsync(this Stage stage) =>
        stage.Live.DecideAsync(
            Ada,
            run =>
                run is { IsOver: false, CancelAsked: null } && run.NotRolledBack.FirstOrDefault() is { } stuck
                    ? new RunEvent.StepRetried(stuck.Id)
                    : No
        );
}
