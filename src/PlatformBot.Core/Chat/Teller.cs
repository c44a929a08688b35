using PlatformBot.Core.Journals;

namespace PlatformBot.Core.Chat;

/// <summary>Says one thing once: creates its post, or edits it when it looks different from what was shown last.</summary>
/// <param name="channelOf">where; "" while that is not known</param>
/// <param name="prefix">with a post's key, it makes a key of the whole chat server</param>
/// <param name="shown">key → what the post looked like</param>
internal sealed class Teller<TState>(
    Live<TState> live,
    Func<TState, string> channelOf,
    string prefix,
    Dictionary<string, string> shown,
    IChat chat,
    CancellationToken stopping
)
    where TState : class, IFold<TState>
{
    public TState Now => live.Now;

    /// <exception cref="ChatRefusedException">The server will not have it. It is not tried again until it looks different.</exception>
    public async Task SayAsync(string key, string? thread, Post post)
    {
        // Files never change after the post was made, so they are no part of what is compared.
        var look = $"{post.Text}\n{post.Box}\n{string.Join(',', post.Box?.Buttons ?? [])}";

        if (shown.GetValueOrDefault(key) == look)
            return;

        try
        {
            if (live.Now.Posts.TryGetValue(key, out var id))
                await chat.EditAsync(channelOf(live.Now), id, post, stopping);
            else
                await CreateAsync(key, thread, post);
        }
        catch (ChatRefusedException)
        {
            shown[key] = look;
            throw;
        }

        shown[key] = look;
    }

    private async Task CreateAsync(string key, string? thread, Post post)
    {
        // What began while chat was away learns only now where it is shown.
        var channel = channelOf(live.Now) is { Length: > 0 } known ? known : await chat.HomeChannelAsync(stopping);
        var once = $"{prefix}:{key}";
        string id;

        try
        {
            id = await chat.PostAsync(channel, thread, post, once, stopping);
        }
        catch (ChatRefusedException) when (thread is not null)
        {
            // Its thread is gone with the card that somebody deleted; what it says still has to be said.
            id = await chat.PostAsync(channel, thread: null, post, once, stopping);
        }

        await live.RecordAsync(Person.Bot, live.Now.Said(key, channel, id));
    }
}
