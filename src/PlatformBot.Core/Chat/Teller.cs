using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>Says one thing once: creates its post, or edits it when it looks different from what was shown last.</summary>
/// <param name="shown">key → what the post looked like</param>
internal sealed class Teller(LiveRun live, Dictionary<string, string> shown, IChat chat, CancellationToken stopping)
{
    public Run Run => live.Now;

    /// <exception cref="ChatRefusedException">The server will not have it. It is not tried again until it looks different.</exception>
    public async Task SayAsync(string key, string? thread, Post post)
    {
        // Files never change after the post was made, so they are no part of what is compared.
        var look = $"{post.Text}\n{post.Box}\n{string.Join(',', post.Box?.Buttons ?? [])}";

        if (shown.GetValueOrDefault(key) == look)
            return;

        var run = live.Now;

        try
        {
            if (run.Posts.TryGetValue(key, out var id))
                await chat.EditAsync(run.Channel, id, post, stopping);
            else
                await CreateAsync(run, key, thread, post);
        }
        catch (ChatRefusedException)
        {
            shown[key] = look;
            throw;
        }

        shown[key] = look;
    }

    private async Task CreateAsync(Run run, string key, string? thread, Post post)
    {
        // A run that began while chat was away learns only now where it is shown.
        var channel = run.Channel.Length > 0 ? run.Channel : await chat.HomeChannelAsync(stopping);
        var once = $"{run.Id.Number}:{run.PlannedAt.ToUnixTimeMilliseconds()}:{key}";
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

        await live.RecordAsync(Person.Bot, new RunEvent.Announced(key, channel, id));
    }
}
