using System.Globalization;

namespace PlatformBot.Mattermost;

/// <summary>Reads over REST what was posted while nobody listened.</summary>
internal sealed class CatchUp(MattermostApi api, MattermostHome home)
{
    /// <summary>Clocks differ a little, and posts that are read twice are heard once.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    /// <summary>New posts of all the bot's channels, oldest first.</summary>
    public async Task<IReadOnlyList<Heard>> ReadAsync(DateTimeOffset since, CancellationToken stopping)
    {
        var from = (since - Overlap).ToUnixTimeMilliseconds();
        var team = (await home.FindAsync(stopping)).TeamId;
        var channels = await api.GetAsync($"users/me/teams/{team}/channels", stopping);

        if (!channels.Done)
            return [];

        var missed = new List<Heard>();

        foreach (var channel in channels.Body.EnumerateArray())
        {
            // Some servers leave the time of the last post out.
            if (channel.TryGetProperty("last_post_at", out _) && Incoming.Number(channel, "last_post_at") <= from)
                continue;

            var isDirect = Incoming.Text(channel, "type") == "D";
            missed.AddRange(await ReadAsync(Incoming.Text(channel, "id"), isDirect, from, stopping));
        }

        return [.. missed.OrderBy(heard => Incoming.Number(heard.Post, "create_at"))];
    }

    /// <summary>"since" goes by the last change and also holds edits, deletions and the hidden copies of edited posts.</summary>
    private async Task<IEnumerable<Heard>> ReadAsync(
        string channel,
        bool isDirect,
        long from,
        CancellationToken stopping
    )
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"channels/{channel}/posts?since={from}");
        var answer = await api.GetAsync(path, stopping);

        if (!answer.Done || !answer.Body.TryGetProperty("posts", out var posts))
            return [];

        return posts
            .EnumerateObject()
            .Select(post => post.Value)
            .Where(post => Incoming.Number(post, "create_at") > from)
            .Where(post => Incoming.Text(post, "original_id").Length == 0)
            .Select(post => new Heard(post, isDirect));
    }
}
