using System.Collections.Concurrent;
using System.Text.Json;
using PlatformBot.Core.Chat;

namespace PlatformBot.Mattermost;

/// <summary>
/// Which of the bot's posts carries which key. The server itself takes a key (pending_post_id) for the same post for 30 seconds
/// only, so it also stands in the props, where it is found after a lost answer and after a restart.
/// </summary>
internal sealed class MadePosts(MattermostApi api, MattermostHome home)
{
    private const int PageSize = 200;
    private const int PagesAfterStart = 5;

    private readonly ConcurrentDictionary<(string Channel, string Key), string> _posts = new();
    private readonly ConcurrentDictionary<string, string> _keys = new();
    private readonly ConcurrentDictionary<string, bool> _readBack = new();

    public void Remember(string channel, string key, string post)
    {
        _posts[(channel, key)] = post;
        _keys[post] = key;
    }

    /// <summary>The post with this key, if there is one. The first question about a channel reads its newest thousand posts.</summary>
    public async Task<string?> FindAsync(string channel, string key, CancellationToken stopping)
    {
        if (!_readBack.ContainsKey(channel))
        {
            await ReadBackAsync(channel, PagesAfterStart, stopping);
            _readBack[channel] = true;
        }

        return _posts.GetValueOrDefault((channel, key));
    }

    /// <summary>Looks on the server: the answer to a create was lost.</summary>
    public async Task<string?> LookAsync(string channel, string key, CancellationToken stopping)
    {
        await ReadBackAsync(channel, pages: 1, stopping);
        return _posts.GetValueOrDefault((channel, key));
    }

    /// <summary>The key that an edit has to carry on, since props are replaced whole.</summary>
    public async Task<string> KeyOfAsync(string post, CancellationToken stopping)
    {
        if (_keys.TryGetValue(post, out var known))
            return known;

        var answer = await api.GetAsync($"posts/{post}", stopping);

        if (!answer.Done)
            throw new ChatRefusedException($"Mattermost does not show post {post} any more ({answer}).");

        return _keys[post] = KeyIn(answer.Body);
    }

    private async Task ReadBackAsync(string channel, int pages, CancellationToken stopping)
    {
        var bot = (await home.FindAsync(stopping)).Bot;

        for (var page = 0; page < pages; page++)
        {
            var answer = await api.GetAsync($"channels/{channel}/posts?page={page}&per_page={PageSize}", stopping);

            if (!answer.Done || !answer.Body.TryGetProperty("posts", out var posts))
                return;

            var all = posts.EnumerateObject().Select(post => post.Value).ToList();

            foreach (var post in all.Where(post => Incoming.Text(post, "user_id") == bot.Id && KeyIn(post).Length > 0))
                Remember(channel, KeyIn(post), Incoming.Text(post, "id"));

            if (all.Count < PageSize)
                return;
        }
    }

    private static string KeyIn(JsonElement post) =>
        post.TryGetProperty("props", out var props) ? Incoming.Text(props, PostPaper.KeyProp) : "";
}
