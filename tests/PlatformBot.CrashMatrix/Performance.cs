using System.Diagnostics;
using PlatformBot.Core.Runs;
using PlatformBot.Storage;

namespace PlatformBot.CrashMatrix;

/// <summary>How a run with its deaths went.</summary>
/// <param name="Wrong">what must not be, in words</param>
internal sealed record Outcome(
    IReadOnlyList<Death> Deaths,
    IReadOnlyDictionary<PointKind, int> Reached,
    TimeSpan Took,
    IReadOnlyList<string> Wrong
);

/// <summary>One town in which a runbook is carried through, run after run.</summary>
internal sealed class Performance : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    private readonly Town _town;
    private readonly People _people;
    private readonly Rehearsal _rehearsal;

    private Performance(Town town, People people, Rehearsal rehearsal) =>
        (_town, _people, _rehearsal) = (town, people, rehearsal);

    /// <summary>One of the short plays, in a town with the matrix' own runbooks.</summary>
    public static async Task<Performance> OfShortAsync(string play, CancellationToken cancellationToken)
    {
        var town = await Town.StartAsync(
            KeepRehearsal.Root,
            KeepRehearsal.Seed,
            speed: 60,
            KeepRehearsal.Furnish,
            cancellationToken
        );
        return await StartAsync(town, Plays.Short[play](town.World), cancellationToken);
    }

    /// <param name="root">holds the shipped runbooks</param>
    public static async Task<Performance> OfBootstrapAsync(string root, CancellationToken cancellationToken)
    {
        var town = await Town.StartAsync(root, seed: null, speed: 60, _ => { }, cancellationToken);
        return await StartAsync(town, new BootstrapRehearsal(town.World), cancellationToken);
    }

    /// <summary>Carries it through once, and looks at everything afterwards.</summary>
    public async Task<Outcome> PlayAsync(Kills kills, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_rehearsal.Limit);
        _rehearsal.Prepare();
        var stage = new Stage(_people, _town.Journal, _town.Journal.Recent(1) is [var newest] ? newest.Id : null);
        _rehearsal.Stage = stage;
        var began = Stopwatch.GetTimestamp();
        _town.Gate.Arm(kills);
        var death = DieAtAsync(kills, limit.Token);

        try
        {
            await _rehearsal.PlayAsync(stage, limit.Token);
            await ClosedAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Ended(began, [$"it did not end within {_rehearsal.Limit.TotalSeconds:0} s: {Explain(stage)}"]);
        }
        finally
        {
            _town.Gate.Disarm();
            await limit.CancelAsync();
            await death.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return Ended(began, await WrongAsync(stage, cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await _people.DisposeAsync();
        await _town.DisposeAsync();
    }

    private static async Task<Performance> StartAsync(
        Town town,
        Rehearsal rehearsal,
        CancellationToken cancellationToken
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);

        try
        {
            return new(town, await People.SitDownAsync(town, rehearsal, limit.Token), rehearsal);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The bot does not answer: {string.Join('\n', town.Accidents)}", late);
        }
    }

    private async Task ClosedAsync(CancellationToken cancellationToken)
    {
        while (_town.Journal.OpenRuns().Count > 0)
            await Task.Delay(LookEvery, TimeProvider.System, cancellationToken);
    }

    private async Task DieAtAsync(Kills kills, CancellationToken cancellationToken)
    {
        if (kills.After is not { } after)
            return;

        await Task.Delay(after, TimeProvider.System, cancellationToken);

        if (_town.Gate.Bot is { } bot)
            await _town.Gate.ReachAsync(bot, PointKind.AnyMoment, "");
    }

    private async Task<IReadOnlyList<string>> WrongAsync(Stage stage, CancellationToken cancellationToken)
    {
        var journals = stage.Runs.Select((_, run) => stage.Entries(run)).ToList();

        if (journals.Count != _rehearsal.Ends.Count)
            return [$"there are {journals.Count} runs instead of {_rehearsal.Ends.Count}"];

        var wrong = new List<string>();

        foreach (var (entries, ends) in journals.Zip(_rehearsal.Ends))
        {
            wrong.AddRange(Truth.OfJournal(entries, ends));
            wrong.AddRange(ControlTruth.OfRun(entries));

            if (Run.Replay(entries) is not { } run)
                continue;

            wrong.AddRange(await Truth.OfChatAsync(_town, run, cancellationToken));
            wrong.AddRange(TrackerTruth.OfRun(_town, run));
        }

        wrong.AddRange(ControlTruth.OfLocks(journals.SelectMany(entries => entries)));
        wrong.AddRange(_rehearsal.Wrong([.. journals.Select(Run.Replay).OfType<Run>()]));
        using var reader = new JournalReader(_town.JournalPath);
        var all = reader.ReadAll().ToList();
        wrong.AddRange(Truth.OfChain(all));
        wrong.AddRange(TrackerTruth.OfIssues(_town, all.Select(entry => entry.ToEntry())));
        wrong.AddRange(_town.Accidents);
        return wrong;
    }

    private Outcome Ended(long began, IReadOnlyList<string> wrong) =>
        new(_town.Gate.Deaths, _town.Gate.Reached, Stopwatch.GetElapsedTime(began), wrong);

    private string Explain(Stage stage)
    {
        var entries = stage.Runs.SelectMany((_, run) => stage.Entries(run)).OrderBy(entry => entry.Number);
        var last = entries.TakeLast(20).Select(entry => $"{entry.Number} {entry.Run} {entry.What}");
        return $"\n{string.Join('\n', last)}\n{_people.Channel}\n{_town.Gate.Bot?.Log}";
    }
}
