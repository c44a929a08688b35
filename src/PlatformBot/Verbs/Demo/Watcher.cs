using System.Text.Json.Nodes;

namespace PlatformBot.Verbs.Demo;

/// <summary>Follows a channel through one person's eyes, writes what appears into the transcript, and lets the story wait for things.</summary>
internal sealed class Watcher(ChatSeat seat, Transcript transcript) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SeenPost> _posts = [];
    private readonly List<string> _private = [];
    private readonly List<JsonObject> _dialogs = [];
    private readonly CancellationTokenSource _leaving = new();
    private TaskCompletionSource _changed = New();
    private Task _following = Task.CompletedTask;
    private string _card = "";

    public ChatSeat Seat => seat;

    /// <summary>Every post that was seen, as it looks now.</summary>
    public IReadOnlyList<SeenPost> Posts
    {
        get
        {
            lock (_gate)
                return [.. _posts.Values];
        }
    }

    /// <param name="aloud">false: only what is said to this person alone is written (somebody else's watcher writes the rest)</param>
    public void Start(bool aloud) => _following = FollowAsync(aloud);

    /// <summary>Waits for a post, new or edited, that looks as asked.</summary>
    public Task<SeenPost> PostAsync(Func<SeenPost, bool> looks, CancellationToken cancellationToken) =>
        WaitAsync(() => _posts.Values.FirstOrDefault(looks), cancellationToken);

    /// <summary>Waits for the next thing that is said to this person alone.</summary>
    public async Task<string> PrivateAsync(CancellationToken cancellationToken, bool aloud = true)
    {
        var text = await TakeAsync(_private, cancellationToken);

        if (aloud)
            transcript.Write("private", seat.Name, text);

        return text;
    }

    /// <summary>Waits for a dialog that is opened for this person.</summary>
    public Task<JsonObject> DialogAsync(CancellationToken cancellationToken) => TakeAsync(_dialogs, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _leaving.Dispose();
        await seat.DisposeAsync();
    }

    private Task<T> TakeAsync<T>(List<T> from, CancellationToken cancellationToken)
        where T : class =>
        WaitAsync(
            () =>
            {
                var first = from.FirstOrDefault();

                if (first is not null)
                    from.RemoveAt(0);

                return first;
            },
            cancellationToken
        );

    private async Task<T> WaitAsync<T>(Func<T?> look, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            Task changed;

            lock (_gate)
            {
                if (look() is { } found)
                    return found;

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private async Task FollowAsync(bool aloud)
    {
        await foreach (var said in seat.Events.ReadAllAsync(_leaving.Token))
        {
            lock (_gate)
            {
                Take(said, aloud);
                Interlocked.Exchange(ref _changed, New()).SetResult();
            }
        }
    }

    private void Take(JsonObject said, bool aloud)
    {
        var data = said["data"] as JsonObject ?? [];

        switch ((string?)said["event"])
        {
            case "posted" or "post_edited" when data["post"] is JsonObject post:
                var author = ((string?)data["sender_name"] ?? "@platformbot").TrimStart('@');
                See(SeenPost.Of(post, author), aloud);
                break;

            case "ephemeral_message" when data["post"] is JsonObject whisper:
                var text = SeenPost.Of(whisper, "platformbot").Text;
                _private.Add(text);
                break;

            case "open_dialog" when data["dialog"] is JsonObject dialog:
                _dialogs.Add(dialog);
                break;
        }
    }

    private void See(SeenPost post, bool aloud)
    {
        var known = _posts.TryGetValue(post.Id, out var before);
        _posts[post.Id] = post;

        if (!aloud || before == post)
            return;

        if (CardProgress.Of(post) is { } progress)
            WriteCard(progress);
        else if (!known)
            transcript.Write("says", post.Author, Excerpt.Of(post.Text));
        else if (before!.BoxTitle != post.BoxTitle && post.BoxTitle.Length > 0)
            transcript.Write("says", post.Author, $"{post.Message.Split('\n')[0]}\n{post.Box}");
    }

    /// <summary>The card is edited all the time: what is shown of it is where each cluster stands, when that has moved.</summary>
    private void WriteCard(CardProgress progress)
    {
        if (progress.Bars == _card)
            return;

        _card = progress.Bars;
        transcript.Write("card", "the card", progress.Text);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
