using System.Globalization;
using System.Text.Json;

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

        var missed = new List<Heard>();

        // A refusal is no list.
        foreach (var channel in Incoming.Items(channels.Body))
        {
            // Some servers leave the time of the last post out.
            if (
                Incoming.Field(channel, "last_post_at").ValueKind is JsonValueKind.Number
                && Incoming.Number(channel, "last_post_at") <= from
            )
            {
                continue;
            }

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

        return Incoming
            .Values(Incoming.Field(answer.Body, "posts"))
            .Where(post => Incoming.Number(post, "create_at") > from)
            .Where(post => Incoming.Text(post, "original_id").Length == 0)
            .Select(post => new Heard(post, isDirect));
    }
}
