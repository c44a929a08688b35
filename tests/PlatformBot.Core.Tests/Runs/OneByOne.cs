using System.Collections.Concurrent;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using Shouldly;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>
/// Plays a run in which one thing happens after the other, in an order chosen by a seed, and each only when the bot has begun all
/// that it may begin: a step's action ends, a pause is over, a person does their part.
/// </summary>
internal sealed class OneByOne(Plan plan, int seed)
{
    private readonly Random _random = new(seed);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<ActionOutcome>> _answers = [];

    /// <summary>How an attempt at a step ends: done, unless the test says otherwise.</summary>
    public Func<string, int, Verdict> Answers { get; init; } = (_, _) => Verdict.Done;

    /// <summary>What a person does about a step that has failed for good.</summary>
    public Func<string, RunEvent> Decides { get; init; } = step => new RunEvent.StepRetried(step);

    /// <summary>The run at its end, with all that led to it.</summary>
    public async Task<Story> PlayAsync()
    {
        await using var stage = new Stage(plan);

        foreach (var step in plan.Steps)
            stage.World.When(step.Id, token => ActAsync(step.Id, token));

        stage.Start();

        while (true)
        {
            await stage.UntilAsync(run => run.IsOver || IsQuiet(run, stage.Clock.GetUtcNow()));

            if (stage.Live.Now.IsOver)
                return new Story(stage.Live.Now, stage.Journal.Entries);

            await GoOnAsync(stage, stage.Live.Now);
        }
    }

    private async Task<ActionOutcome> ActAsync(string step, CancellationToken token)
    {
        var answer = await AnswerOf(step).Task.WaitAsync(token);
        _answers.TryRemove(step, out _);
        return answer;
    }

    private TaskCompletionSource<ActionOutcome> AnswerOf(string step) =>
        _answers.GetOrAdd(step, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Nothing is left to do for the bot.</summary>
    private static bool IsQuiet(Run run, DateTimeOffset now)
    {
        var busy = run.Plan.Steps.Where(step => run.At(step).State is StepState.Running).ToList();
        var pausing = run.Plan.Steps.Where(step =>
            run.At(step) is { State: StepState.WaitingToRetry } at && at.RetryAt > now
        );
        return run.HasItsTurn
            && !run.AllSettled
            && run.Steps.Values.All(step => step.State is not StepState.Verifying)
            && busy.All(step => !run.IsWithPerson(step) || run.AsksPeople(step))
            && !Scheduler
                .Ready(run, Ids(busy), Ids(pausing), name => busy.All(step => step.Lock != name), Frost.None)
                .Any();
    }

    private Task GoOnAsync(Stage stage, Run run)
    {
        var acting = run.Acting.ToList();

        if (acting.Count > 0)
        {
            var step = acting[Pick(acting.Count)];
            var verdict = Answers(step.Id, run.At(step).Attempt);
            AnswerOf(step.Id).SetResult(new ActionOutcome(verdict, $"{verdict}"));
            return stage.UntilAsync(now => now.At(step).State is not StepState.Running);
        }

        if (run.Steps.Values.Any(step => step.State is StepState.WaitingToRetry))
        {
            // To the end of one pause: of a longer jump the bot might see the first part alone, or all of it.
            var pauses = run
                .Steps.Values.Where(step => step.State is StepState.WaitingToRetry)
                .Select(step => step.RetryAt!.Value - stage.Clock.GetUtcNow())
                .Where(left => left > TimeSpan.Zero);
            stage.Clock.Advance(pauses.DefaultIfEmpty(TimeSpan.FromSeconds(20)).Min());
            return Task.CompletedTask;
        }

        if (run.AwaitingEvidence.FirstOrDefault() is { } manual)
            return stage.Live.RecordAsync(Stage.Ada, new RunEvent.EvidenceGiven(manual.Id, "seen"));

        run.Failed.ShouldNotBeEmpty("nobody can do anything, and the run is not over");
        return stage.Live.RecordAsync(Stage.Ada, Decides(run.Failed.First().Id));
    }

    private static HashSet<string> Ids(IEnumerable<PlannedStep> steps) => [.. steps.Select(step => step.Id)];

    private int Pick(int below)
    {
#pragma warning disable CA5394 // Chosen by a seed, so that it can be chosen again.
        return _random.Next(below);
#pragma warning restore CA5394
    }
}
