using System.Text.Json;
using PlatformBot.Core;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Runs;

namespace PlatformBot.Mattermost;

/// <summary>What people attach to their answers in a thread, and what it is, byte for byte.</summary>
internal sealed class ThreadFiles(MattermostApi api)
{
    private const int LongestName = 120;

    /// <summary>The wanted files in the thread of <paramref name="postId"/>, posted after it; oldest first. None is read when they are too many.</summary>
    /// <exception cref="ChatRefusedException">The post is gone, a file cannot be read, or the answer is none of Mattermost's.</exception>
    public async Task<Result<EvidenceFile[]>> AfterAsync(string postId, WantedFiles wanted, CancellationToken stopping)
    {
        var posts = await AnswersAsync(postId, wanted, stopping);

        if (WantedFiles.TooMany(posts.Sum(post => FileIds(post).Count())) is { } tooMany)
            return tooMany;

        var infos = new List<(JsonElement File, string Post)>();

        foreach (var post in posts.Select(post => Incoming.Text(post, "id")))
            infos.AddRange((await InfosAsync(post, stopping)).Select(info => (info, post)));

        if (WantedFiles.TooLarge(infos.Sum(info => SizeOf(info.File))) is { } tooLarge)
            return tooLarge;

        var files = new List<EvidenceFile>();

        foreach (var (info, post) in infos)
            files.Add(await ReadAsync(info, post, stopping));

        return files.ToArray();
    }

    /// <summary>The posts with files of the one who is asked, later than the question.</summary>
    private async Task<List<JsonElement>> AnswersAsync(string question, WantedFiles wanted, CancellationToken stopping)
    {
        var path = $"posts/{question}/thread";
        var posts = Incoming.Field(await AskedAsync(path, stopping), "posts");
        var since = CreatedAt(Incoming.Field(posts, question));

        // Without a time everything that was ever posted would be later.
        return since > 0
            ? [.. Incoming.Values(posts).Where(IsAnswer).OrderBy(CreatedAt)]
            : throw new ChatRefusedException($"Mattermost's answer to {path} does not show the post.");

        bool IsAnswer(JsonElement post) =>
            Incoming.Text(post, "user_id") == wanted.Author
            && CreatedAt(post) > since
            && Incoming.Number(post, "delete_at") == 0
            && Incoming.IsId(Incoming.Text(post, "id"))
            && !wanted.Known.Contains(Incoming.Text(post, "id"))
            && FileIds(post).Any();
    }

    private static long CreatedAt(JsonElement post) => Incoming.Number(post, "create_at");

    private static IEnumerable<JsonElement> FileIds(JsonElement post) =>
        Incoming.Items(Incoming.Field(post, "file_ids"));

    /// <summary>As the server says; whatever it says, the sum of a few is a number.</summary>
    private static long SizeOf(JsonElement info) => Math.Clamp(Incoming.Number(info, "size"), 0, int.MaxValue);

    private async Task<IEnumerable<JsonElement>> InfosAsync(string post, CancellationToken stopping)
    {
        var path = $"posts/{post}/files/info";
        var infos = await AskedAsync(path, stopping);
        return infos.ValueKind is JsonValueKind.Array
            ? infos.EnumerateArray().Where(info => Incoming.IsId(Incoming.Text(info, "id")))
            : throw new ChatRefusedException($"Mattermost's answer to {path} is no list.");
    }

    private async Task<EvidenceFile> ReadAsync(JsonElement info, string post, CancellationToken stopping)
    {
        var name = Incoming.Text(info, "name");
        return await api.DigestAsync($"files/{Incoming.Text(info, "id")}", stopping) is { } content
            ? new EvidenceFile(Words.Cut(name, LongestName), content.Size, content.Sha256, post)
            : throw new ChatRefusedException($"Mattermost does not give the file {name}.");
    }

    private async Task<JsonElement> AskedAsync(string path, CancellationToken stopping)
    {
        var answer = await api.GetAsync(path, stopping);
        return answer.Done ? answer.Body : throw new ChatRefusedException($"Mattermost refused {path} ({answer}).");
    }
}
