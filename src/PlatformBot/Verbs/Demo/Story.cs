using System.Text.Json.Nodes;

namespace PlatformBot.Verbs.Demo;

/// <summary>
/// The scripted conversation: an operator, two approvers, one fault. It acts on the chat server as any client does and
/// knows nothing of the bot but what it says.
/// </summary>
internal sealed class Story(Watcher ada, Watcher grace, Watcher linus, StoryWorld world, Transcript transcript)
{
    public async Task TellAsync(CancellationToken cancellationToken)
    {
        transcript.Write("world", "the world", world.Opening);
        await AskAsync("/platform bootstap all", cancellationToken);
        await AskAsync("/platform bootstrap all", cancellationToken);
        await AllAsync([ApproveAllAsync, ConfirmAsync, HealAsync, EndAsync], cancellationToken);
        await AskAsync("/platform status", cancellationToken);
        await AskAsync("/platform history", cancellationToken);
    }

    /// <summary>Side by side; the first that fails ends the others.</summary>
    private static async Task AllAsync(
        IReadOnlyList<Func<CancellationToken, Task>> strands,
        CancellationToken cancellationToken
    )
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = strands.Select(strand => strand(together.Token)).ToList();

        while (running.Count > 0)
        {
            var first = await Task.WhenAny(running);
            running.Remove(first);

            if (first.IsFaulted)
                await together.CancelAsync();

            await first;
        }
    }

    private async Task AskAsync(string command, CancellationToken cancellationToken)
    {
        transcript.Write("types", ada.Seat.Name, command);
        await ada.Seat.TypeAsync(command, cancellationToken);
        await ada.PrivateAsync(cancellationToken);
    }

    /// <summary>The requester tries, and is told why not; somebody else looks and approves, one phase of a cluster after the other.</summary>
    public async Task ApproveAllAsync(CancellationToken cancellationToken)
    {
        var first = await ada.PostAsync(post => post.Buttons.Contains("approve"), cancellationToken);
        transcript.Write("presses", ada.Seat.Name, $"presses [ **{Label(first)}** ] for {Subject(first)}");
        await ada.Seat.PressAsync(first.Id, "approve", cancellationToken);
        await ada.PrivateAsync(cancellationToken);
        var decided = new HashSet<string>();

        while (true)
        {
            var post = await grace.PostAsync(
                post => IsEnd(post) || (post.Buttons.Contains("approve") && !decided.Contains(post.Id)),
                cancellationToken
            );

            if (IsEnd(post))
                return;

            decided.Add(post.Id);
            await ApproveAsync(post, cancellationToken);
        }
    }

    private async Task ApproveAsync(SeenPost post, CancellationToken cancellationToken)
    {
        var pressed = $"presses [ **{Label(post)}** ] for {Subject(post)}";

        // With dots, the button opens a form.
        if (Label(post).EndsWith('…'))
        {
            var cluster = Subject(post).Split('/')[0];
            transcript.Write("presses", grace.Seat.Name, $"{pressed} and types: {cluster}");
            await ApproveAsync(grace, post, cluster, cancellationToken);
            return;
        }

        transcript.Write("presses", grace.Seat.Name, pressed);
        await grace.Seat.PressAsync(post.Id, "approve", cancellationToken);
        await grace.PrivateAsync(cancellationToken);
    }

    private static string Label(SeenPost post) => post.Labels[post.Buttons.ToList().IndexOf("approve")];

    /// <summary>Nobody can undo what is approved: the form wants the cluster's name, letter by letter.</summary>
    public static async Task ApproveAsync(
        Watcher who,
        SeenPost post,
        string cluster,
        CancellationToken cancellationToken
    )
    {
        JsonObject? form;

        do form = await OpenedAsync(who, post, cancellationToken);
        while (form is null);

        await who.Seat.FillInAsync(form, cluster, cancellationToken);
    }

    /// <summary>The form that the button opens; null when it was too late for the chat server, as on a busy machine.</summary>
    private static async Task<JsonObject?> OpenedAsync(Watcher who, SeenPost post, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(10));

        try
        {
            await who.Seat.PressAsync(post.Id, "approve", patience.Token);
            return await who.DialogAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Manual steps: somebody does them and says what they saw; where the runbook wants it, a second person looks.</summary>
    public async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        var done = new HashSet<string>();

        while (true)
        {
            var post = await ada.PostAsync(
                post => IsEnd(post) || (post.Buttons.Contains("confirm") && !done.Contains(post.Id)),
                cancellationToken
            );

            if (IsEnd(post))
                return;

            var answer = world
                .ManualSteps.First(step => post.Message.Contains(step.Key, StringComparison.Ordinal))
                .Value;
            done.Add(post.Id);
            answer.Do();
            transcript.Write("world", "the world", answer.World);
            transcript.Write("presses", ada.Seat.Name, $"presses [ **Confirm…** ] and writes: {answer.Evidence}");
            await ada.Seat.PressAsync(post.Id, "confirm", cancellationToken);
            await ada.Seat.FillInAsync(await ada.DialogAsync(cancellationToken), answer.Evidence, cancellationToken);
            await AgreeAsync(post.Id, cancellationToken);
        }
    }

    /// <summary>What cannot be taken back is seen by two.</summary>
    private async Task AgreeAsync(string question, CancellationToken cancellationToken)
    {
        var answered = await ada.PostAsync(
            post => post.Id == question && !post.Buttons.Contains("confirm"),
            cancellationToken
        );

        if (!answered.Buttons.Contains("agree"))
            return;

        transcript.Write("presses", grace.Seat.Name, "looks, and presses [ **It is so** ]");
        await grace.Seat.PressAsync(question, "agree", cancellationToken);
        await grace.PrivateAsync(cancellationToken);
    }

    /// <summary>The injected fault: the issue appears, the cause goes away, somebody presses Retry, the issue is closed.</summary>
    private async Task HealAsync(CancellationToken cancellationToken)
    {
        var failed = await ada.PostAsync(post => post.Buttons.Contains("retry"), cancellationToken);
        var issue = await world.IssueAsync("open", cancellationToken);
        transcript.Write("issue", "the tracker", Excerpt.Of(issue));
        world.RemoveCause();
        transcript.Write("world", "the world", world.CauseRemoved);
        transcript.Write("presses", linus.Seat.Name, "presses [ **Retry** ]");
        await linus.Seat.PressAsync(failed.Id, "retry", cancellationToken);
        await linus.PrivateAsync(cancellationToken);
        transcript.Write("issue", "the tracker", await world.IssueAsync("closed", cancellationToken));
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        var end = await ada.PostAsync(IsEnd, cancellationToken);

        if (!end.Message.Contains("succeeded", StringComparison.Ordinal))
            throw new DemoException($"The run did not succeed: {end.Message}");
    }

    private static bool IsEnd(SeenPost post) =>
        Ends.Any(end => post.Message.Contains(end, StringComparison.Ordinal))
        && post.Message.Contains(" after ", StringComparison.Ordinal);

    private static readonly string[] Ends =
    [
        ":white_check_mark: Run #",
        ":x: Run #",
        ":no_entry: Run #",
        ":octagonal_sign: Run #",
        ":hourglass: Run #",
    ];

    /// <summary>"infra/foundation" of the post that asks for its approval.</summary>
    private static string Subject(SeenPost post) =>
        post.Message.Split('\n')[0].Split("**") is [_, var phase, ..] ? phase : "";
}

/// <summary>What the story needs to know of, and do to, the world outside chat.</summary>
/// <param name="ManualSteps">part of a manual step's post → what somebody does, and what they then say they saw</param>
/// <param name="IssueAsync">waits for the one issue to be open or closed, and shows it</param>
internal sealed record StoryWorld(
    string Opening,
    IReadOnlyDictionary<string, ManualAnswer> ManualSteps,
    Func<string, CancellationToken, Task<string>> IssueAsync,
    Action RemoveCause,
    string CauseRemoved
);

internal sealed record ManualAnswer(Action Do, string World, string Evidence);
