using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using PlatformBot.Core;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Incidents;

namespace PlatformBot.GitHub;

/// <summary>
/// Incidents as issues. What makes one unique stands hidden in the last line of its body: whatever came before the crash or the
/// lost answer is found again there. It is found by listing, because GitHub's search learns of an issue only after a while.
/// </summary>
internal sealed class GitHubIncidents(GitHubApi api, IOptions<GitHubOptions> options) : IIncidents, IDisposable
{
    private const int LongestBody = 65536;
    private const int LongestTitle = 256;
    private const int LongestFence = 64;
    private const int PageSize = 100;
    private const string Cut = "\n\n_Cut: GitHub takes no more in one piece._\n";

    /// <summary>One at a time, or two would both look, find nothing, and write.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task<IssueLink> OpenAsync(
        string fingerprint,
        string title,
        string body,
        IReadOnlyList<string> labels,
        CancellationToken stopping
    )
    {
        var mark = Mark("incident", fingerprint);
        var issue = new JsonObject
        {
            ["title"] = Words.Cut(Markdown.Visible(title).ReplaceLineEndings(" "), LongestTitle),
            ["body"] = Marked(body, mark),
            ["labels"] = new JsonArray([
                .. options.Value.Labels.Union(labels).Select(label => JsonValue.Create(label)),
            ]),
        };

        return LinkOf(await OnceAsync("issues", issue, () => FindIssueAsync(mark, stopping), stopping));
    }

    public Task CommentAsync(IssueLink issue, string key, string body, CancellationToken stopping)
    {
        var mark = Mark("comment", $"{issue.Number} {key}");
        var comment = new JsonObject { ["body"] = Marked(body, mark) };
        var path = $"issues/{issue.Number}/comments";

        return OnceAsync(path, comment, () => FindAsync(path, mark, stopping), stopping);
    }

    public async Task CloseAsync(IssueLink issue, string key, string comment, CancellationToken stopping)
    {
        await CommentAsync(issue, key, comment, stopping);

        var closed = new JsonObject { ["state"] = "closed", ["state_reason"] = "completed" };
        Accept(await api.AskAsync(HttpMethod.Patch, $"issues/{issue.Number}", closed, stopping), "close an issue");
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Looks, and creates only what is not there; looks again whenever an answer was lost.</summary>
    private async Task<JsonElement> FindOrCreateAsync(
        string path,
        JsonObject what,
        Func<Task<JsonElement?>> find,
        CancellationToken stopping
    )
    {
        var backoff = new Backoff();

        while (true)
        {
            if (await find() is { } there)
                return there;

            var answer = await api.TryAsync(HttpMethod.Post, path, what, stopping);

            if (!GitHubApi.MayPass(answer))
                return Accept(answer, $"create in {path}");

            await api.PauseAsync(answer, backoff, stopping);
        }
    }

    private Task<JsonElement?> FindIssueAsync(string mark, CancellationToken stopping)
    {
        var label = Uri.EscapeDataString(options.Value.Labels[0]);
        return FindAsync($"issues?state=open&labels={label}&sort=created&direction=desc", mark, stopping);
    }

    private async Task<JsonElement?> FindAsync(string path, string mark, CancellationToken stopping)
    {
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';

        for (var page = 1; ; page++)
        {
            var paged = $"{path}{separator}per_page={PageSize}&page={page}";
            var answer = Accept(await api.AskAsync(HttpMethod.Get, paged, body: null, stopping), "list issues");
            var all = answer.EnumerateArray().ToList();

            if (all.Find(one => IsMarked(one, mark)) is { ValueKind: JsonValueKind.Object } found)
                return found;

            if (all.Count < PageSize)
                return null;
        }
    }

    private async Task<JsonElement> OnceAsync(
        string path,
        JsonObject what,
        Func<Task<JsonElement?>> find,
        CancellationToken stopping
    )
    {
        await _turn.WaitAsync(stopping);

        try
        {
            return await FindOrCreateAsync(path, what, find, stopping);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>GitHub lists pull requests among the issues. Only the last line counts: text above it may quote anything.</summary>
    private static bool IsMarked(JsonElement one, string mark) =>
        !one.TryGetProperty("pull_request", out _)
        && one.TryGetProperty("body", out var body)
        && body.ValueKind == JsonValueKind.String
        && body.GetString()!.TrimEnd().EndsWith(mark, StringComparison.Ordinal);

    /// <summary>A digest, so that no fingerprint can end the comment or say more than it should.</summary>
    private static string Mark(string kind, string key) => $"<!-- platformbot:{kind}:{Sha256.Of(key)[..40]} -->";

    private static string Marked(string body, string mark)
    {
        var text = Markdown.Hush(body.Replace("\0", "", StringComparison.Ordinal));
        var room = LongestBody - mark.Length - 2;

        if (Words.Runes(text) > room)
        {
            var cut = Words.Cut(text, room - Cut.Length - LongestFence);
            text = $"{cut}\n{Markdown.OpenFence(cut)}{Cut}";
        }

        return $"{text}\n\n{mark}";
    }

    private static IssueLink LinkOf(JsonElement issue) =>
        new(issue.GetProperty("number").GetInt32(), issue.GetProperty("html_url").GetString()!);

    private static JsonElement Accept(GitHubAnswer answer, string what) =>
        answer.Done ? answer.Body : throw new IncidentRefusedException($"GitHub refused to {what}: {answer}.");
}
