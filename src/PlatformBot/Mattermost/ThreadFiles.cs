using System.Text.Json;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Runs;

namespace PlatformBot.Mattermost;

/// <summary>What people attach to their answers in a thread, and what it is, byte for byte.</summary>
internal sealed class ThreadFiles(MattermostApi api)
{
    private const int LongestName = 120;

    /// <summary>The files of one person in the thread of <paramref name="postId"/>, posted after it; oldest first.</summary>
    /// <exception cref="ChatRefusedException">The post is gone, or a file cannot be read.</exception>
    public async Task<IReadOnlyList<EvidenceFile>> AfterAsync(string postId, string author, CancellationToken stopping)
    {
        var thread = await AskedAsync($"posts/{postId}/thread", stopping);
        var posts = thread.GetProperty("posts");
        var since = Incoming.Number(posts.GetProperty(postId), "create_at");
        var files = new List<EvidenceFile>();

        foreach (var post in posts.EnumerateObject().Select(each => each.Value).Where(IsTheirs).OrderBy(CreatedAt))
        {
            foreach (var info in await InfosAsync(Incoming.Text(post, "id"), stopping))
                files.Add(await ReadAsync(info, Incoming.Text(post, "id"), stopping));
        }

        return files;

        bool IsTheirs(JsonElement post) =>
            Incoming.Text(post, "user_id") == author
            && CreatedAt(post) > since
            && Incoming.Number(post, "delete_at") == 0
            && Incoming.IsId(Incoming.Text(post, "id"))
            && post.TryGetProperty("file_ids", out var ids)
            && ids is { ValueKind: JsonValueKind.Array } some
            && some.GetArrayLength() > 0;
    }

    private static long CreatedAt(JsonElement post) => Incoming.Number(post, "create_at");

    private async Task<IEnumerable<JsonElement>> InfosAsync(string post, CancellationToken stopping)
    {
        var infos = await AskedAsync($"posts/{post}/files/info", stopping);
        return infos.EnumerateArray().Where(info => Incoming.IsId(Incoming.Text(info, "id")));
    }

    private async Task<EvidenceFile> ReadAsync(JsonElement info, string post, CancellationToken stopping)
    {
        var name = Incoming.Text(info, "name");
        return await api.DigestAsync($"files/{Incoming.Text(info, "id")}", stopping) is { } content
            ? new EvidenceFile(Markdown.Cut(name, LongestName), content.Size, content.Sha256, post)
            : throw new ChatRefusedException($"Mattermost does not give the file {name}.");
    }

    private async Task<JsonElement> AskedAsync(string path, CancellationToken stopping)
    {
        var answer = await api.GetAsync(path, stopping);
        return answer.Done ? answer.Body : throw new ChatRefusedException($"Mattermost refused {path} ({answer}).");
    }
}
