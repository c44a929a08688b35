using System.Globalization;

namespace PlatformBot.Benchmarks;

/// <summary>What the bot costs when nobody needs it.</summary>
internal static class IdleBot
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(60);

    public static async Task MeasureAsync(Report report, CancellationToken cancellationToken)
    {
        await using var office = await Office.OpenAsync(cancellationToken);
        report.Row("start-up, until the first command is answered", Seconds(office.StartUp));
        await Task.Delay(Settling, TimeProvider.System, cancellationToken);

        var (before, began) = (office.Bot.CpuTime(), TimeProvider.System.GetTimestamp());
        await Task.Delay(Watched, TimeProvider.System, cancellationToken);
        var share = (office.Bot.CpuTime() - before) / TimeProvider.System.GetElapsedTime(began);

        report.Row(
            $"CPU, share of one core over {Watched.TotalSeconds} s",
            share.ToString("0.00 %", CultureInfo.InvariantCulture)
        );
        report.Row("working set, idle", Megabytes(office.Bot.WorkingSet()));

        for (var i = 0; i < 500; i++)
            await office.SayAsync("mallory", "/platform help", cancellationToken);

        report.Row("working set, after 500 commands", Megabytes(office.Bot.WorkingSet()));
        report.Row("working set, the most it was", Megabytes(office.Bot.PeakWorkingSet()));
    }

    private static string Seconds(TimeSpan time) =>
        $"{time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)} s";

    private static string Megabytes(double megabytes) => $"{megabytes.ToString("0", CultureInfo.InvariantCulture)} MB";
}
