using System.Globalization;
using PlatformBot.Core;

namespace PlatformBot.Benchmarks;

/// <summary>
/// How long a whole run takes, against the shortest that is possible: the real engine and a real journal; steps that take five seconds to five
/// minutes by a clock of their own.
/// </summary>
internal static class Makespan
{
    private const int Seed = 20_261_121;

    private static readonly int[] Counts = [50, 200, 1000];

    public static async Task MeasureAsync(Report report, CancellationToken cancellationToken)
    {
        await RunAsync(Shape.Tangled(Counts[0], Seed), cancellationToken);
        report.Columns("plan", "at least", "took", "ratio", "the bot's own time", "ratio with it");

        foreach (var shape in Shapes())
        {
            var (took, own) = await RunAsync(shape, cancellationToken);
            report.Line(
                shape.What,
                Words.Span(shape.LowerBound),
                Words.Span(took),
                Ratio(took, shape.LowerBound),
                $"{own.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)} s",
                Ratio(took + own, shape.LowerBound)
            );
        }
    }

    private static IEnumerable<Shape> Shapes() =>
        [
            .. from make in new[] { Shape.Wide, Shape.Deep, Shape.Diamonds, Shape.Tangled, Shape.Phases }
            from count in Counts
            select make(count, Seed),
            .. from make in new[] { Shape.Wide, Shape.Diamonds, Shape.Tangled, Shape.Phases }
            from count in Counts
            select make(count, Seed).Limited(8, 4),
        ];

    private static async Task<(TimeSpan Took, TimeSpan Own)> RunAsync(Shape shape, CancellationToken cancellationToken)
    {
        var work = new SimulatedWork(shape.Durations);
        var began = TimeProvider.System.GetTimestamp();
        await StepOverhead.CarryAsync(
            shape.Plan,
            work,
            live => work.PassAsync(live, cancellationToken),
            cancellationToken
        );
        return (work.Now, TimeProvider.System.GetElapsedTime(began));
    }

    private static string Ratio(TimeSpan took, TimeSpan least) =>
        (took / least).ToString("0.000", CultureInfo.InvariantCulture);
}
