using System.Globalization;
using PlatformBot.Core;
using PlatformBot.Verbs.Demo;

namespace PlatformBot.CrashMatrix;

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

    /// <summary>Types something; false when the bot could not be reached.</summary>
    public async Task<bool> SayAsync(string who, string command)
    {
        try
        {
            var seat = new[] { _ada, _grace, _linus }.Select(each => each.Seat).First(each => each.Name == who);
            await seat.TypeAsync(command, _leaving.Token);
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
        if (QuestionOf(post) is not { } question)
            return;

        if (post.Buttons.Contains("approve"))
            await PressAsync(_grace, post, "approve", NameToType(post, question));

        if (post.Buttons.Contains("confirm") && _rehearsal.DoByHand(question))
            await PressAsync(_ada, post, "confirm", "done, and it looks right");

        if (post.Buttons.Contains("agree"))
            await PressAsync(_grace, post, "agree", text: null);

        if (!post.Buttons.Contains("retry") || _rehearsal.Stage?.Awaits(question) is not true)
            return;

        switch (_rehearsal.Look(question))
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

    /// <summary>The cluster's name, where nobody can undo what is approved and the button opens a form.</summary>
    private static string? NameToType(SeenPost post, Question question) =>
        post.Labels.Contains("Approve…") ? question.About.Split('/')[0] : null;

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

    /// <summary>Which run and what of it the post is about, by its key: "42:1790000000000:failed:infra/cilium-install:1".</summary>
    private static Question? QuestionOf(SeenPost post) =>
        post.Key.Split(':') is [var run, _, _, var about, ..]
            ? new Question(new RunId(long.Parse(run, CultureInfo.InvariantCulture)), about, post.Text)
            : null;
}
