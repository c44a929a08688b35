using System.Collections.Concurrent;

namespace PlatformBot.CrashMatrix;

/// <summary>Which points are tried: all of the short plays or a sample, and runs of the long one with many deaths each.</summary>
internal sealed class Matrix(Options options, string root, Report report)
{
    /// <summary>Towns side by side: each waits more than it works.</summary>
    private const int Towns = 2;

    /// <summary>As long as a town is fresh, the bot reads little of the channel's past when it starts.</summary>
    private const int RunsOfATown = 80;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.Point is { } point)
        {
            await PlayAllAsync(options.Play.Length == 0 ? "keep" : options.Play, [point], cancellationToken);
            return;
        }

        if (options.Deaths is { } deaths && Plays.Short.ContainsKey(options.Play))
        {
            await DieOftenAsync(options.Play, deaths, StartShortAsync, cancellationToken);
            return;
        }

        foreach (var (play, points) in await ChooseAsync(cancellationToken))
            await PlayAllAsync(play, points, cancellationToken);

        if (options.Has(Plays.Long))
            await DieOftenAsync(Plays.Long, options.InLongPlay, StartLongAsync, cancellationToken);

        Task<Performance> StartShortAsync() => Performance.OfShortAsync(options.Play, cancellationToken);
        Task<Performance> StartLongAsync() => Performance.OfBootstrapAsync(root, cancellationToken);
    }

    /// <summary>Every point of the short plays, or a sample of them.</summary>
    private async Task<IEnumerable<(string Play, IReadOnlyList<Point> Points)>> ChooseAsync(
        CancellationToken cancellationToken
    )
    {
        var all = new List<(string Play, Point Point)>();

        foreach (var play in Plays.Short.Keys.Where(options.Has))
            all.AddRange((await ReachedAsync(play, cancellationToken)).Select(point => (play, point)));

        if (options.Sample is { } sample && sample < all.Count)
        {
            var shuffled = all.ToArray();
#pragma warning disable CA5394 // Chosen by a seed, so that it can be chosen again.
            new Random(options.Seed).Shuffle(shuffled);
#pragma warning restore CA5394
            all = [.. shuffled[..sample]];
        }

        return all.GroupBy(each => each.Play, each => each.Point)
            .Select(points => (points.Key, (IReadOnlyList<Point>)[.. points]));
    }

    /// <summary>Every point that a play without a death reaches.</summary>
    private async Task<IReadOnlyList<Point>> ReachedAsync(string play, CancellationToken cancellationToken)
    {
        await using var performance = await Performance.OfShortAsync(play, cancellationToken);
        var quiet = await performance.PlayAsync(new OneKill(null), cancellationToken);
        report.Add(play, $"--play {play} without a death", quiet);
        IReadOnlyList<Point> all =
        [
            .. quiet
                .Reached.Append(new(PointKind.AnyMoment, (int)(quiet.Took / OneKill.Grain)))
                .SelectMany(kind => Enumerable.Range(1, kind.Value).Select(number => new Point(kind.Key, number))),
        ];
        report.Say($"{play}: without a death it takes {quiet.Took.TotalSeconds:0.0} s and reaches {all.Count} points");
        return all;
    }

    private async Task PlayAllAsync(string play, IReadOnlyList<Point> points, CancellationToken cancellationToken)
    {
        var left = new ConcurrentQueue<Point>(points);
        var missed = new ConcurrentBag<Point>();
        await Task.WhenAll(
            Enumerable
                .Range(0, Math.Min(Towns, points.Count))
                .Select(_ => WorkAsync(play, left, missed, cancellationToken))
        );

        if (!missed.IsEmpty)
        {
            report.Say(
                $"{play}: {missed.Count} points were not reached this time: {string.Join(", ", missed.Take(8))}"
            );
        }
    }

    private async Task WorkAsync(
        string play,
        ConcurrentQueue<Point> left,
        ConcurrentBag<Point> missed,
        CancellationToken cancellationToken
    )
    {
        while (!left.IsEmpty)
        {
            await using var performance = await Performance.OfShortAsync(play, cancellationToken);

            for (var run = 0; run < RunsOfATown && left.TryDequeue(out var point); run++)
            {
                var outcome = await performance.PlayAsync(new OneKill(point), cancellationToken);
                report.Add(play, $"--play {play} --point {point}", outcome);

                if (outcome.Deaths.Count == 0)
                    missed.Add(point);

                if (options.Verbose)
                    report.Say($"{play} {string.Join(", ", outcome.Deaths)}: {outcome.Took.TotalSeconds:0.0} s");

                // What went wrong once may go wrong for the rest of this town's days.
                if (outcome.Wrong.Count > 0)
                    break;
            }
        }
    }

    /// <summary>Runs with many deaths each, at points that a seed chooses, each in a town of its own.</summary>
    private async Task DieOftenAsync(
        string play,
        int deaths,
        Func<Task<Performance>> start,
        CancellationToken cancellationToken
    )
    {
        var seeds = new ConcurrentQueue<int>(Enumerable.Range(options.Seed, options.Runs));
        await Task.WhenAll(Enumerable.Range(0, Math.Min(Towns, options.Runs)).Select(_ => WorkAsync()));

        async Task WorkAsync()
        {
            while (seeds.TryDequeue(out var seed))
            {
                await using var performance = await start();
                var outcome = await performance.PlayAsync(
                    new ManyKills(seed, deaths, play == Plays.Long ? 150 : 20),
                    cancellationToken
                );
                report.Add(play, $"--play {play} --runs 1 --deaths {deaths} --seed {seed}", outcome);
                report.Say(
                    $"{play}: seed {seed} died {outcome.Deaths.Count} times and took {outcome.Took.TotalSeconds:0} s"
                );

                if (options.Verbose)
                    report.Say(string.Join('\n', outcome.Deaths));
            }
        }
    }
}
