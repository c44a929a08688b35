using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using PlatformBot.Core;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Runs;

namespace PlatformBot.Mattermost;

/// <summary>The bot's voice. Posts of a channel are made one after the other; edits of a post have one writer.</summary>
internal sealed partial class MattermostChat(
    MattermostApi api,
    MattermostHome home,
    MadePosts made,
    ThreadFiles files,
    PostPaper paper,
    IOptions<MattermostOptions> options,
    TimeProvider clock,
    ILogger<MattermostChat> logger
) : IChat
{
    private static readonly TimeSpan Old = TimeSpan.FromHours(1);
    private const int MostWriters = 512;
    private const int MostFiles = 10;

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new();
    private readonly ConcurrentDictionary<string, PostWriter> _writers = new();

    public string? KnownHomeChannel => home.Known?.ChannelId;

    public async Task<string> HomeChannelAsync(CancellationToken stopping) =>
        (await home.FindAsync(stopping)).ChannelId;

    public string LinkTo(string postId) => $"{options.Value.Url.TrimEnd('/')}/{options.Value.Team}/pl/{postId}";

    public async Task<string> PostAsync(
        string channel,
        string? thread,
        Post post,
        string key,
        CancellationToken stopping
    )
    {
        var place = await home.FindAsync(stopping);
        var turn = _turns.GetOrAdd(channel, _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(stopping);

        try
        {
            if (await made.FindAsync(channel, key, stopping) is { } there)
                return there;

            var drawn = paper.Draw(post, key, channel, postId: "", place);
            var body = await BodyAsync(drawn, post.Files, channel, thread, key, stopping);
            var id = await CreateAsync(channel, key, body, stopping);
            made.Remember(channel, key, id);

            return id;
        }
        finally
        {
            turn.Release();
        }
    }

    public async Task EditAsync(string channel, string postId, Post post, CancellationToken stopping)
    {
        var place = await home.FindAsync(stopping);
        var key = await made.KeyOfAsync(postId, stopping);
        var drawn = paper.Draw(post, key, channel, postId, place);
        var state = new JsonObject { ["message"] = drawn.Message, ["props"] = drawn.Props }.ToJsonString();

        await WriterOf(postId).WriteAsync(state, (text, token) => PatchAsync(postId, text, token), stopping);
    }

    public Task<Result<EvidenceFile[]>> FilesAfterAsync(
        string postId,
        WantedFiles wanted,
        CancellationToken stopping
    ) => files.AfterAsync(postId, wanted, stopping);

    private async Task PatchAsync(string postId, string state, CancellationToken stopping)
    {
        var answer = await api.AskAsync(HttpMethod.Put, $"posts/{postId}/patch", JsonNode.Parse(state), stopping);

        if (!answer.Done)
            throw new ChatRefusedException($"Mattermost refused to edit post {postId} ({answer}).");
    }

    private async Task<string> CreateAsync(string channel, string key, JsonObject body, CancellationToken stopping)
    {
        var backoff = new Backoff();

        while (true)
        {
            var answer = await api.TryAsync(HttpMethod.Post, "posts", body, stopping);

            if (answer.Done)
                return CheckFiles(answer, body);

            if (MattermostApi.IsFinal(answer, backoff.Tries))
                throw new ChatRefusedException($"Mattermost refused a post in channel {channel} ({answer}).");

            await api.PauseAsync(answer, backoff, stopping);

            // Nobody knows whether the server acted before the answer was lost.
            if (answer.Away && await made.LookAsync(channel, key, stopping) is { } there)
                return there;
        }
    }

    private async Task<JsonObject> BodyAsync(
        Paper drawn,
        IReadOnlyList<AttachedFile> files,
        string channel,
        string? thread,
        string key,
        CancellationToken stopping
    )
    {
        var ids = new JsonArray();

        foreach (var file in files.Append(drawn.Rest).OfType<AttachedFile>().TakeLast(MostFiles))
        {
            if (await api.UploadAsync(channel, file.Name, file.Text, stopping) is { Length: > 0 } id)
                ids.Add(id);
        }

        return new JsonObject
        {
            ["channel_id"] = channel,
            ["root_id"] = thread ?? "",
            ["message"] = drawn.Message,
            ["props"] = drawn.Props,
            ["file_ids"] = ids,
            ["pending_post_id"] = Pending(channel, key),
        };
    }

    private string CheckFiles(Answer answer, JsonObject body)
    {
        var id = answer.Text("id");
        var taken =
            answer.Body.TryGetProperty("file_ids", out var ids) && ids.ValueKind == JsonValueKind.Array
                ? ids.GetArrayLength()
                : 0;

        if (taken < ((JsonArray)body["file_ids"]!).Count)
            LogFilesDropped(id);

        return id;
    }

    private PostWriter WriterOf(string postId)
    {
        if (_writers.Count > MostWriters)
        {
            // A writer that is waiting for its first turn has not written yet, and stays.
            foreach (var (id, writer) in _writers.Where(pair => pair.Value.HasWritten && pair.Value.Age > Old))
                _writers.TryRemove(new(id, writer));
        }

        return _writers.GetOrAdd(postId, _ => new PostWriter(options.Value.CardInterval, clock));
    }

    /// <summary>Fits the shape of Mattermost's ids, and is the same for the same key.</summary>
    private static string Pending(string channel, string key) => Sha256.Of($"{channel}\n{key}")[..26];

    [LoggerMessage(LogLevel.Warning, "Mattermost dropped files of post {Post}")]
    private partial void LogFilesDropped(string post);
}
