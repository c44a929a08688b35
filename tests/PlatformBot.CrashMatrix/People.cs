using PlatformBot.Verbs.Demo;

namespace PlatformBot.CrashMatrix;

/// <summary>What somebody who has looked says about a failed step.</summary>
internal enum Advice
{
    /// <summary>It cannot be told yet.</summary>
    Wait,

    /// <summary>It is not done; or its probe will find that it is.</summary>
    Retry,

    /// <summary>It is done, and nothing but a person can see that.</summary>
    Skip,
}

/// <summary>
/// Three careful people in the channel: grace approves, ada confirms what she has done, linus looks at the world before he
/// presses anything under a failed step. What the bot did not hear because it was dead they do again.
/// </summary>
internal sealed class People : IAsyncDisposable
{
    private static readonly TimeSpan GlanceEvery = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Manners = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(3);

    private readonly Dictionary<(string Post, string Action), long> _pressed = [];
    private readonly CancellationTokenSource _leaving = new();
    private readonly Watcher _ada;
    private readonly Watcher _grace;
    private readonly Watcher _linus;
    private readonly Rehearsal _rehearsal;
    private readonly Task _watching;

    private People(Watcher ada, Watcher grace, Watcher linus, Rehearsal rehearsal)
    {
        (_ada, _grace, _linus, _rehearsal) = (ada, grace, linus, rehearsal);
        _watching = WatchAsync();
    }

    public static async Task<People> SitDownAsync(Town town, Rehearsal rehearsal, CancellationToken cancellationToken)
    {
        var nothing = new Transcript(TextWriter.Null, json: false, colour: false, width: 120, town.World.Clock);
        var ada = await Seats.SitAsync(town.World, "ada", nothing, aloud: false, cancellationToken);
        var grace = await Seats.SitAsync(town.World, "grace", nothing, aloud: false, cancellationToken);
        var linus = await Seats.SitAsync(town.World, "linus", nothing, aloud: false, cancellationToken);
        await Seats.WaitForBotAsync(ada, cancellationToken);
        return new People(ada, grace, linus, rehearsal);
    }

    /// <summary>What stands in the channel, for an explanation of what went wrong.</summary>
    public string Channel => string.Join("\n---\n", _ada.Posts.TakeLast(12).Select(post => post.Text));

    /// <summary>Asks for the run; false when the bot could not be reached.</summary>
    public async Task<bool> AskAsync(string command)
    {
        try
        {
            await _ada.Seat.TypeAsync(command, _leaving.Token);
            return true;
        }
        catch (Exception away) when (away is DemoException or HttpRequestException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _ada.DisposeAsync();
        await _grace.DisposeAsync();
        await _linus.DisposeAsync();
        _leaving.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_leaving.IsCancellationRequested)
        {
            foreach (var post in _ada.Posts.Where(post => post.Buttons.Count > 0))
                await ConsiderAsync(post);

            await Task.Delay(GlanceEvery, TimeProvider.System, _leaving.Token);
        }
    }

    private async Task ConsiderAsync(SeenPost post)
    {
        if (post.Buttons.Contains("approve"))
            await PressAsync(_grace, post, "approve", text: null);

        if (post.Buttons.Contains("confirm"))
        {
            _rehearsal.DoByHand(SubjectOf(post));
            await PressAsync(_ada, post, "confirm", "done, and it looks right");
        }

        if (post.Buttons.Contains("agree"))
            await PressAsync(_grace, post, "agree", text: null);

        if (!post.Buttons.Contains("retry"))
            return;

        switch (_rehearsal.Look(SubjectOf(post), post.Text))
        {
            case Advice.Retry:
                await PressAsync(_linus, post, "retry", text: null);
                break;

            case Advice.Skip:
                await PressAsync(_linus, post, "skip", "it is done: I have looked");
                break;

            case Advice.Wait:
                break;
        }
    }

    /// <param name="text">what goes into the dialog that the button opens; null when it opens none</param>
    private async Task PressAsync(Watcher who, SeenPost post, string action, string? text)
    {
        var clock = TimeProvider.System;

        if (_pressed.TryGetValue((post.Id, action), out var before) && clock.GetElapsedTime(before) < Manners)
            return;

        _pressed[(post.Id, action)] = clock.GetTimestamp();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_leaving.Token);
        patience.CancelAfter(Answer);

        try
        {
            ForgetDialogs(who);
            await who.Seat.PressAsync(post.Id, action, patience.Token);

            if (text is not null)
                await who.Seat.FillInAsync(await who.DialogAsync(patience.Token), text, patience.Token);
        }
        catch (Exception away) when (away is DemoException or HttpRequestException or OperationCanceledException)
        {
            // The bot was dead. The button is still there.
        }
    }

    /// <summary>A dialog that came too late was another one's.</summary>
    private static void ForgetDialogs(Watcher who)
    {
        using var atOnce = new CancellationTokenSource();
        atOnce.Cancel();

        while (who.DialogAsync(atOnce.Token).IsCompletedSuccessfully) { }
    }

    /// <summary>The step or phase that a post is about: what it shows in bold first.</summary>
    private static string SubjectOf(SeenPost post) => post.Message.Split("**") is [_, var step, ..] ? step : "";
}
