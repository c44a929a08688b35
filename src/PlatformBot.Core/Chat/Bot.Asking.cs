using System.Globalization;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runbooks;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>Questions: nothing here changes anything.</summary>
public sealed partial class Bot
{
    private const int MostHistory = 50;

    /// <summary>Answers with the plan at once; what is done already takes looks at the world, and follows as a post.</summary>
    private async Task<Reply> PlanAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    )
    {
        if (words.Count == 0)
        {
            return Reply.Refuse(
                new Refusal(
                    "Which runbook?",
                    $"For example `/platform plan {_catalogue.Runbooks.Select(runbook => runbook.Usage).FirstOrDefault()}`."
                )
            );
        }

        if (words[0] == "--diff")
            return Diff([.. words.Skip(1)]);

        if (
            !_catalogue.Find(words).Ok(out var found, out var refusal)
            || !Plan(found.Runbook, found.After).Ok(out var plan, out refusal)
        )
        {
            return Reply.Refuse(Quoted(refusal));
        }

        var missing = string.Concat(
            _actions
                .MissingTools(plan)
                .Select(tool => $"\n- :warning: missing on the bot's host: {Markdown.Inline(tool)}")
        );
        var kept = Kept(plan) is { } no ? $"\n\n{no.Reason} It would not be started now. {no.Hint}" : "";
        var sight = await LookBrieflyAsync(plan, cancellationToken);
        return new Reply(
            $"{PlanText.Summary(plan, sight)}{missing}{kept}\n\nNothing was changed. `/platform {Markdown.Inline(string.Join(' ', words))}` would start it."
        );
    }

    /// <summary>What the same command would plan now, beside what the run does: a run keeps the plan that was approved.</summary>
    private Reply Diff(IReadOnlyList<string> words)
    {
        if (!Target(words, out _).Ok(out var run, out var refusal))
            return Reply.Refuse(refusal);

        var again = run
            .Plan.Arguments.Select(argument => $"{argument.Name}={argument.Value}")
            .Concat($"{run.Plan.Selection}".Split(' ', StringSplitOptions.RemoveEmptyEntries));

        return
            _catalogue.Find(run.Plan.Command).Ok(out var runbook, out refusal)
            && Plan(runbook, [.. again]).Ok(out var plan, out refusal)
            ? new Reply(PlanText.Difference(run, plan))
            : Reply.Refuse(Quoted(refusal));
    }

    /// <summary>What the probes say, if they say it before a chat server would give up.</summary>
    private async Task<PlanSight?> LookBrieflyAsync(Plan plan, CancellationToken cancellationToken)
    {
        using var brief = new CancellationTokenSource(TimeSpan.FromSeconds(20), _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(brief.Token, cancellationToken);

        try
        {
            return await _plans.LookAsync(plan, both.Token);
        }
        catch (OperationCanceledException)
            when (brief.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private Task<Reply> StatusAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    )
    {
        if (words.Count > 0 && ClustersOf(words[0]) is { Count: > 0 } clusters)
            return ClusterStatusAsync(clusters, cancellationToken);

        if (words.Count > 0)
        {
            return Task.FromResult(
                RunId.Parse(words[0]) is { } id && _runs.Look(id) is { } run
                    ? new Reply(Card(run, trouble: null))
                    : Reply.Refuse(NoSuchRun(words[0]))
            );
        }

        var active = _runs.Active.Where(live => !live.Now.IsOver).ToList();

        if (active.Count > 0)
        {
            return Task.FromResult(new Reply(string.Join("\n", active.Select(live => Card(live.Now, live.Trouble)))));
        }

        var last = _journal.Recent(3).Select(line => $"- {Line(line)}");
        return Task.FromResult(new Reply($"Nothing is running.\n{string.Join('\n', last)}"));
    }

    private List<string> ClustersOf(string word) =>
        [
            .. _catalogue
                .Inventory.Clusters.Select(cluster => cluster.Name)
                .Where(name => name == word || word is "clusters" or "all"),
        ];

    private async Task<Reply> ClusterStatusAsync(IReadOnlyList<string> clusters, CancellationToken cancellationToken)
    {
        var views = await Task.WhenAll(clusters.Select(name => _clusters.LookAsync(name, cancellationToken)));
        return new Reply(string.Join('\n', views.Select(ClusterPosts.Render)));
    }

    private string Card(Run run, string? trouble)
    {
        var now = _clock.GetUtcNow();
        return RunCard.Render(run, now, trouble, WishPosts.Turn(run, _turns, now), _freezes.Now).Text;
    }

    private Task<Reply> HistoryAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    )
    {
        var most =
            words.Count > 0 && int.TryParse(words[0], CultureInfo.InvariantCulture, out var asked)
                ? Math.Clamp(asked, 1, MostHistory)
                : 10;
        var lines = _journal.Recent(most);

        if (lines.Count == 0)
            return Task.FromResult(new Reply("There has been no run yet."));

        var rows = lines.Select(line =>
            $"| {line.Id} | {Markdown.Inline(line.Title)} | {Mark(line)} | {line.Requester} | {line.PlannedAt:yyyy-MM-dd HH:mm} | {Took(line)} |\n"
        );
        return Task.FromResult(
            new Reply(
                $"| run | what | state | asked by | when (UTC) | took |\n|---|---|---|---|---|---|\n{string.Concat(rows)}"
            )
        );
    }

    private Task<Reply> LogsAsync(ChatCommand command, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        if (!Target(words, out var rest).Ok(out var run, out var refusal))
            return Task.FromResult(Reply.Refuse(refusal));

        if (rest.Count == 0)
            return Task.FromResult(Reply.Refuse(new Refusal("Which step?", Usage("logs"))));

        if (!FindStep(run, rest[0]).Ok(out var step, out refusal))
            return Task.FromResult(Reply.Refuse(refusal));

        var at = run.At(step);
        var output = at.Failure is { } failure ? $"\n{Markdown.Fence($"{failure.Output}\n{failure.Said}".Trim())}" : "";
        var commands = Markdown.Fence(string.Join('\n', CommandText.Of(step.Action)));
        return Task.FromResult(
            new Reply(
                $"**{step.Id}** {Markdown.Inline(step.Title)}: {RunPosts.StateWords(at.State)}, attempt {at.Attempt}\n{commands}\n{Markdown.Inline(at.Saw)}{output}"
            )
        );
    }

    /// <summary>The run that the words name first, or else the newest one; and the words after it.</summary>
    private Result<Run> Target(IReadOnlyList<string> words, out IReadOnlyList<string> rest)
    {
        rest = words;

        if (words.Count > 0 && RunId.Parse(words[0]) is { } id)
        {
            rest = [.. words.Skip(1)];
            return _runs.Look(id) is { } named ? named : NoSuchRun(words[0]);
        }

        var open = _runs.Active.Where(live => !live.Now.IsOver).ToList();

        if (open is [var only])
            return only.Now;

        if (open.Count > 1)
            return new Refusal("Several runs are under way.", $"Say which: {Names(open.Select(live => live.Now))}.");

        return _journal.Recent(1) is [var newest] && _runs.Look(newest.Id) is { } last
            ? last
            : new Refusal("There has been no run yet.", "`/platform help` lists what can be started.");
    }

    private static string Names(IEnumerable<Run> runs) =>
        string.Join(", ", runs.Select(run => $"{run.Id} {Markdown.Inline(run.Title)}"));

    private static Result<PlannedStep> FindStep(Run run, string id) =>
        run.FindStep(id) is { } step ? step : NoSuchStep(run, id);

    private static Refusal NoSuchStep(Run run, string id)
    {
        var near = Suggestion.For(id, run.Plan.Steps.Select(each => each.Id));
        return new Refusal(
            $"Run {run.Id} has no step {Markdown.Code(Words.Cut(id, 80))}.",
            near is null ? $"`/platform status {run.Id}` shows its steps." : $"Did you mean `{near}`?"
        );
    }

    private static Refusal NoSuchRun(string word) =>
        new($"There is no run {Markdown.Code(Words.Cut(word, 30))}.", "`/platform history` lists them.");

    private static string Line(Run run) =>
        $"{RunCard.Mark(run.State)} **{run.Id}** {Markdown.Inline(run.Title)}: {RunCard.StateWords(run.State)}, asked by {run.Requester}";

    private static string Line(RunLine line) =>
        $"{Mark(line)} **{line.Id}** {Markdown.Inline(line.Title)}, asked by {line.Requester}, {Words.Utc(line.PlannedAt)}";

    private static string Mark(RunLine line) =>
        line.EndedAt is null
            ? ":hourglass_flowing_sand: under way"
            : $"{RunCard.Mark(line.State)} {RunCard.StateWords(line.State)}";

    private static string Took(RunLine line) => line.EndedAt is { } ended ? Words.Span(ended - line.PlannedAt) : "";
}
