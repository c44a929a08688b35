using PlatformBot.Core;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;
using PlatformBot.Storage;

namespace PlatformBot.CrashMatrix;

/// <summary>
/// The runs of one performance, as the journal tells of them past the bot, and the people who type: what a dead bot did not
/// hear they say again, and what it did hear they do not.
/// </summary>
/// <param name="last">the newest run before this performance; null for none</param>
internal sealed class Stage(People people, JournalFile journal, RunId? last)
{
    private const int MostRuns = 10;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(250);

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<RunId> Runs =>
        [
            .. journal
                .Recent(MostRuns)
                .Select(line => line.Id)
                .Where(id => last is null || id.Number > last.Value.Number)
                .OrderBy(id => id.Number),
        ];

    /// <summary>Which of this performance's runs it is, from 0.</summary>
    public int IndexOf(RunId run) => Runs.ToList().IndexOf(run);

    public IReadOnlyList<Entry> Entries(int run) => journal.Read(Runs[run]);

    public Run this[int run] => Run.Replay(Entries(run))!;

    /// <summary>The step that it is about waits for a person: what a post says may be out of date.</summary>
    public bool Awaits(Question question) =>
        IndexOf(question.Run) is >= 0 and var run
        && this[run].Steps.GetValueOrDefault(question.About)
            is { State: StepState.Failed }
                or { State: StepState.RollbackFailed, UndoAgain: false };

    public bool Has<T>(int run)
        where T : RunEvent => Entries(run).Any(entry => entry.What is T);

    public bool HasStarted(int run, string step) =>
        Entries(run).Any(entry => entry.What is RunEvent.StepStarted started && started.Step == step);

    /// <summary>Asks for a run until there is one more.</summary>
    public Task AskAsync(string who, string command, CancellationToken cancellationToken)
    {
        var before = Runs.Count;
        return SayAsync(who, () => command, () => Runs.Count > before, cancellationToken);
    }

    /// <summary>Says something about a run until the journal has it.</summary>
    /// <param name="words">what follows the run's number: a reason</param>
    public Task SayAsync<T>(string who, string verb, int run, string words, CancellationToken cancellationToken)
        where T : RunEvent =>
        SayAsync(
            who,
            () => $"/platform {verb} {Runs[run]} {words}".TrimEnd(),
            () => Has<T>(run) || this[run].IsOver,
            cancellationToken
        );

    public async Task UntilAsync(Func<bool> seen, CancellationToken cancellationToken)
    {
        while (!seen())
            await Task.Delay(LookEvery, TimeProvider.System, cancellationToken);
    }

    /// <summary>Lets a little time pass in which something could happen that must not.</summary>
    public static Task DwellAsync(CancellationToken cancellationToken) =>
        Task.Delay(AskAgain, TimeProvider.System, cancellationToken);

    private async Task SayAsync(string who, Func<string> command, Func<bool> heard, CancellationToken cancellationToken)
    {
        while (!heard())
        {
            if (!await people.SayAsync(who, command()) || !heard())
                await Task.Delay(AskAgain, TimeProvider.System, cancellationToken);
        }
    }
}
