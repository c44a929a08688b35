namespace PlatformBot.Benchmarks;

/// <summary>How long the bot takes to answer a slash command, as the chat server sees it.</summary>
internal static class CommandLatency
{
    private const int Rate = 50;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    public static async Task MeasureAsync(Report report, CancellationToken cancellationToken)
    {
        await using var office = await Office.OpenAsync(cancellationToken);
        report.Row("first command after start", office.Relay.TakeTimes());

        await MeasureAsync(report, office, "whoami", cancellationToken);
        await MeasureAsync(report, office, "help", cancellationToken);
        await MeasureAsync(report, office, "status", cancellationToken);
        await MeasureAsync(report, office, "approve 7", cancellationToken);
        await MeasureRunsAsync(report, office, cancellationToken);
        await MeasureAsync(report, office, "status", cancellationToken, "status, with 100 runs in the journal");
        await MeasureAsync(report, office, "history", cancellationToken, "history, with 100 runs in the journal");
    }

    private static async Task MeasureAsync(
        Report report,
        Office office,
        string command,
        CancellationToken cancellationToken,
        string? title = null
    )
    {
        await SendAsync(office, "mallory", _ => command, Rate, WarmUp, cancellationToken);
        office.Relay.TakeTimes();
        var whole = await SendAsync(office, "mallory", _ => command, Rate, Duration, cancellationToken);
        report.Row($"{title ?? command}, {Rate}/s: the bot", office.Relay.TakeTimes());
        report.Row($"{title ?? command}, {Rate}/s: with chat server and relay", whole);
    }

    /// <summary>Runs that are started, judged and carried out while others are: everything here is journaled.</summary>
    private static async Task MeasureRunsAsync(Report report, Office office, CancellationToken cancellationToken)
    {
        const int PerSecond = 5;
        var twenty = TimeSpan.FromSeconds(20);
        await office.SayAsync("ada", "/platform rehearse", cancellationToken);
        office.Relay.TakeTimes();

        await SendAsync(office, "ada", _ => "rehearse", PerSecond, twenty, cancellationToken);
        report.Row($"start a run, {PerSecond}/s: the bot", office.Relay.TakeTimes());

        await SendAsync(office, "ada", n => $"approve {n + 1}", PerSecond, twenty, cancellationToken);
        report.Row($"approve one's own run (refused), {PerSecond}/s: the bot", office.Relay.TakeTimes());

        await SendAsync(office, "grace", n => $"approve {n + 1}", PerSecond, twenty, cancellationToken);
        report.Row($"approve, {PerSecond}/s: the bot", office.Relay.TakeTimes());
    }

    /// <summary>Sends at a fixed rate and waits for no answer before the next, as people do: a slow answer delays nobody's question.</summary>
    private static async Task<List<TimeSpan>> SendAsync(
        Office office,
        string who,
        Func<int, string> command,
        int perSecond,
        TimeSpan duration,
        CancellationToken cancellationToken
    )
    {
        var count = (int)(duration.TotalSeconds * perSecond);
        var sent = new List<Task<TimeSpan>>(count);
        using var beat = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond), TimeProvider.System);

        for (var n = 0; n < count && await beat.WaitForNextTickAsync(cancellationToken); n++)
            sent.Add(AskAsync(office, who, $"/platform {command(n)}", cancellationToken));

        return [.. await Task.WhenAll(sent)];
    }

    private static async Task<TimeSpan> AskAsync(
        Office office,
        string who,
        string command,
        CancellationToken cancellationToken
    )
    {
        var began = TimeProvider.System.GetTimestamp();

        return await office.SayAsync(who, command, cancellationToken)
            ? TimeProvider.System.GetElapsedTime(began)
            : throw new InvalidOperationException($"The chat server says that {command} failed.");
    }
}
