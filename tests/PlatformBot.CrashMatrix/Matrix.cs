using System.Collections.Concurrent;

namespace PlatformBot.CrashMatrix;

/// <summary>Which points are tried: all of the short runbook or a sample, and runs of the long one with many deaths each.</summary>
internal sealed class Matrix(Options options, string root, Report report)
{
    private const string Keep = "keep";
    private const string Bootstrap = "bootstrap all";

    /// <summary>Towns side by side: each waits more than it works.</summary>
    private const int Towns = 2;

    /// <summary>As long as a town is fresh, the bot reads little of the channel's past when it starts.</summary>
    private const int RunsOfATown = 80;

    /// <summary>Points of <see cref="PointKind.AnyMoment"/> that a run of the short runbook is long.</summary>
    private const int Moments = 40;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.Point is { } point)
        {
            await KeepAllAsync([point], cancellationToken);
            return;
        }

        if (options.Has(Keep))
            await KeepAllAsync(await ChooseAsync(cancellationToken), cancellationToken);

        if (options.Has("bootstrap"))
            await BootstrapAsync(cancellationToken);
    }

    /// <summary>Every point that a run without a death reaches, or a sample of them.</summary>
    private async Task<IReadOnlyList<Point>> ChooseAsync(CancellationToken cancellationToken)
    {
        await using var performance = await Performance.OfKeepAsync(cancellationToken);
        var quiet = await performance.PlayAsync(new OneKill(null), cancellationToken);
        report.Add(Keep, "without a death", quiet);
        var all = quiet
            .Reached.Append(new(PointKind.AnyMoment, Moments))
            .SelectMany(kind => Enumerable.Range(1, kind.Value).Select(number => new Point(kind.Key, number)))
            .ToArray();
        report.Say(
            $"{Keep}: a run without a death takes {quiet.Took.TotalSeconds:0.0} s and reaches {all.Length} points"
        );

        if (options.Sample is not { } sample || sample >= all.Length)
            return all;

#pragma warning disable CA5394 // Chosen by a seed, so that it can be chosen again.
        new Random(options.Seed).Shuffle(all);
#pragma warning restore CA5394
        return all[..sample];
    }

    private async Task KeepAllAsync(IReadOnlyList<Point> points, CancellationToken cancellationToken)
    {
        var left = new ConcurrentQueue<Point>(points);
        var missed = new ConcurrentBag<Point>();
        await Task.WhenAll(
            Enumerable.Range(0, Math.Min(Towns, points.Count)).Select(_ => WorkAsync(left, missed, cancellationToken))
        );

        if (!missed.IsEmpty)
        {
            report.Say(
                $"{Keep}: {missed.Count} points were not reached this time: {string.Join(", ", missed.Take(8))}"
            );
        }
    }

    private async Task WorkAsync(
        ConcurrentQueue<Point> left,
        ConcurrentBag<Point> missed,
        CancellationToken cancellationToken
    )
    {
        while (!left.IsEmpty)
        {
            await using var performance = await Performance.OfKeepAsync(cancellationToken);

            for (var run = 0; run < RunsOfATown && left.TryDequeue(out var point); run++)
            {
                var outcome = await performance.PlayAsync(new OneKill(point), cancellationToken);
                report.Add(Keep, $"--point {point}", outcome);

                if (outcome.Deaths.Count == 0)
                    missed.Add(point);

                if (options.Verbose)
                    report.Say($"{Keep} {string.Join(", ", outcome.Deaths)}: {outcome.Took.TotalSeconds:0.0} s");

                // What went wrong once may go wrong for the rest of this town's days.
                if (outcome.Wrong.Count > 0)
                    break;
            }
        }
    }

    private async Task BootstrapAsync(CancellationToken cancellationToken)
    {
        var seeds = new ConcurrentQueue<int>(Enumerable.Range(options.Seed, options.Runs));
        await Task.WhenAll(
            Enumerable.Range(0, Math.Min(Towns, options.Runs)).Select(_ => BootstrapAsync(seeds, cancellationToken))
        );
    }

    private async Task BootstrapAsync(ConcurrentQueue<int> seeds, CancellationToken cancellationToken)
    {
        while (seeds.TryDequeue(out var seed))
        {
            await using var performance = await Performance.OfBootstrapAsync(root, cancellationToken);
            var outcome = await performance.PlayAsync(new ManyKills(seed, options.Deaths), cancellationToken);
            report.Add(Bootstrap, $"--runbook bootstrap --runs 1 --deaths {options.Deaths} --seed {seed}", outcome);
            report.Say(
                $"{Bootstrap}: seed {seed} died {outcome.Deaths.Count} times and took {outcome.Took.TotalSeconds:0} s"
            );
        }
    }
}
