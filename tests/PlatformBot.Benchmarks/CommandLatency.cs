namespace PlatformBot.Benchmarks;

/// <summary>How long the bot takes to answer a slash command, as the chat server sees it.</summary>
internal static class CommandLatency
{
    /// <param name="Who">types it</param>
    /// <param name="Text">the command without /platform, by how many were sent before it</param>
    /// <param name="Says">stands in each answer, or something else was measured than meant</param>
    private sealed record Question(string Title, string Who, Func<int, string> Text, string Says)
    {
        public Question(string text, string says)
            : this(text, "mallory", _ => text, says) { }
    }

    private const string No = ":no_entry:";

    private static readonly Question[] Harmless =
    [
        new("whoami", "mallory"),
        new("help", "Always there"),
        new("status", "run"),
        new("plan rehearse", "Nothing was changed"),
    ];

    private static readonly Question[] Refused = [new("approve 7", No), new("reboot everything", No)];

    private static readonly Question[] Journaled =
    [
        new("start a run", "ada", _ => "rehearse", ":clipboard:"),
        new("approve one's own run (refused)", "ada", n => $"approve {n + 1}", No),
        new("approve", "grace", n => $"approve {n + 1}", "is approved"),
    ];

    private static readonly Question[] Afterwards =
    [
        new("status", "run"),
        new("history", "mallory", _ => "history 50", "rehearse"),
    ];

    public static async Task MeasureAsync(Report report, CancellationToken cancellationToken)
    {
        await using var office = await Office.OpenAsync(cancellationToken);
        report.Row("the first command after start", [.. office.Relay.TakeAnswers().Select(answer => answer.Time)]);

        foreach (var question in Harmless.Concat(Refused))
            await MeasureAsync(report, office, question, perSecond: 50, warmUp: 300, count: 500, cancellationToken);

        foreach (var question in Journaled)
            await MeasureAsync(report, office, question, perSecond: 5, warmUp: 20, count: 100, cancellationToken);

        foreach (var question in Afterwards)
            await MeasureAsync(report, office, question, perSecond: 50, warmUp: 100, count: 500, cancellationToken);

        await MeasureBootstrapAsync(report, office, cancellationToken);
    }

    private static async Task MeasureAsync(
        Report report,
        Office office,
        Question question,
        int perSecond,
        int warmUp,
        int count,
        CancellationToken cancellationToken
    )
    {
        await SendAsync(office, question, perSecond, 0, warmUp, cancellationToken);
        office.Relay.TakeAnswers();
        var whole = await SendAsync(office, question, perSecond, warmUp, count, cancellationToken);
        report.Row($"{question.Title}, {perSecond}/s", Sure(question.Says, office.Relay.TakeAnswers()));
        report.Row("  with the chat server's and the relay's share", whole);
    }

    /// <summary>Plans the largest runbook, freezes the plan and starts it; one run after the other, because a cluster has one at a time.</summary>
    private static async Task MeasureBootstrapAsync(Report report, Office office, CancellationToken cancellationToken)
    {
        const int Times = 20;
        var started = new List<TimeSpan>();

        while (started.Count < Times)
        {
            office.Relay.TakeAnswers();
            await office.SayAsync("ada", "/platform bootstrap all", cancellationToken);
            var answer = office.Relay.TakeAnswers().Single();

            // Refused while the run before is still ending.
            if (answer.Said.Contains(":clipboard:", StringComparison.Ordinal))
            {
                started.Add(answer.Time);
                await office.SayAsync("ada", "/platform cancel", cancellationToken);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellationToken);
        }

        report.Row("start bootstrap all, the first time", started[..1]);
        report.Row("start bootstrap all", started[1..]);
    }

    private static List<TimeSpan> Sure(string says, IReadOnlyCollection<TimedAnswer> answers)
    {
        var other = answers.FirstOrDefault(answer => !answer.Said.Contains(says, StringComparison.Ordinal));
        return other is null
            ? [.. answers.Select(answer => answer.Time)]
            : throw new InvalidOperationException($"Expected '{says}', but the bot said: {other.Said}");
    }

    /// <summary>Sends at a fixed rate and waits for no answer before the next, as people do: a slow answer delays nobody's question.</summary>
    private static async Task<List<TimeSpan>> SendAsync(
        Office office,
        Question question,
        int perSecond,
        int first,
        int count,
        CancellationToken cancellationToken
    )
    {
        var sent = new List<Task<TimeSpan>>(count);
        using var beat = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond), TimeProvider.System);

        for (var n = 0; n < count && await beat.WaitForNextTickAsync(cancellationToken); n++)
            sent.Add(AskAsync(office, question.Who, $"/platform {question.Text(first + n)}", cancellationToken));

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
