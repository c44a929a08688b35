using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using PlatformBot.Core.Incidents;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;

namespace PlatformBot.CrashMatrix;

/// <summary>What must be true of a run that has ended, whatever happened on the way; each method names what is not.</summary>
internal static class Truth
{
    /// <summary>The journal: it replays to a success that is closed, and no step was proven or started as the same attempt twice.</summary>
    public static IEnumerable<string> OfJournal(IReadOnlyList<Entry> entries)
    {
        if (Run.Replay(entries) is not { } run)
        {
            yield return "the journal does not replay";
            yield break;
        }

        if (run is not { State: RunState.Succeeded, IsClosed: true })
            yield return $"run {run.Id} is {run.State}{(run.IsClosed ? "" : " and not closed")}: {run.EndedWhy}";

        foreach (var twice in Twice(entries.Select(Once).OfType<string>()))
            yield return $"twice in the journal: {twice}";

        foreach (var incident in run.Incidents.Values.Where(each => !IsSettled(run, each)))
            yield return $"the incident of {incident.Step} is {incident.State}";
    }

    /// <summary>Every entry follows from the one before.</summary>
    public static IEnumerable<string> OfChain(IEnumerable<(Entry Entry, string Body)> all)
    {
        var before = EntryJson.Genesis;

        foreach (var (entry, body) in all)
        {
            if (EntryJson.Hash(before, entry.Number, entry.Run?.Number, entry.At, entry.By, body) != entry.Hash)
                yield return $"entry {entry.Number} does not follow from the one before";

            before = entry.Hash;
        }
    }

    /// <summary>
    /// The chat: whatever the journal says was said stands there once, nothing else of this run does, and the card says how it
    /// ended.
    /// </summary>
    public static async Task<IReadOnlyList<string>> OfChatAsync(Town town, Run run, CancellationToken cancellationToken)
    {
        var posts = await PostsAsync(town, $"{run.Id.Number}:", cancellationToken);
        var wrong = Twice(posts.Select(post => post.Key)).Select(key => $"posted twice: {key}").ToList();
        wrong.AddRange(
            posts.Where(post => !run.Posts.ContainsValue(post.Id)).Select(post => $"not in the journal: {post.Key}")
        );
        wrong.AddRange(
            run.Posts.Where(said => posts.All(post => post.Id != said.Value)).Select(said => $"not posted: {said.Key}")
        );
        wrong.AddRange(posts.Where(post => post.HasButtons).Select(post => $"still has buttons: {post.Key}"));

        foreach (var key in new[] { "card", "end" })
        {
            var post = posts.FirstOrDefault(post => post.Key.EndsWith($":{key}", StringComparison.Ordinal));

            if (post?.Text.Contains("succeeded", StringComparison.Ordinal) != true)
                wrong.Add($"the post '{key}' does not say that it succeeded: {post?.Text.Split('\n')[0]}");
        }

        return wrong;
    }

    /// <summary>The tracker: an issue per fault at most; open only what somebody went on without.</summary>
    public static IEnumerable<string> OfTracker(Town town, Run run)
    {
        var issues = town.World.Tracker.Issues;

        foreach (var twice in Twice(issues.Select(issue => issue.Body.TrimEnd().Split('\n')[^1])))
            yield return $"two issues for one fault: {twice}";

        foreach (var incident in run.Incidents.Values)
        {
            var issue = issues.FirstOrDefault(each => each.Number == incident.Issue?.Number);

            if (issue is null || issue.IsOpen != (run.Steps[incident.Step].State is StepState.Skipped))
                yield return $"the issue of {incident.Step} is {issue?.State ?? "missing"}";
        }

        foreach (var issue in issues)
        {
            foreach (var twice in Twice(issue.Comments.Select(comment => comment.Body.TrimEnd().Split('\n')[^1])))
                yield return $"issue {issue.Number} has a comment twice: {twice}";
        }
    }

    /// <summary>Its cause is gone and told, or a person took it upon themselves to go on without the step.</summary>
    private static bool IsSettled(Run run, Incident incident) =>
        incident.State is IncidentState.Closed || run.Steps[incident.Step].State is StepState.Skipped;

    private static IEnumerable<string> Twice(IEnumerable<string> all) =>
        all.GroupBy(each => each, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => same.Key);

    /// <summary>What may stand in the journal of a run once only.</summary>
    private static string? Once(Entry entry) =>
        entry.What switch
        {
            RunEvent.StepStarted e => $"{e.Step} started as attempt {e.Attempt}",
            RunEvent.StepSucceeded e => $"{e.Step} settled",
            RunEvent.StepAlreadyDone e => $"{e.Step} settled",
            RunEvent.StepSkipped e => $"{e.Step} settled",
            RunEvent.Announced e => $"{e.Key} announced",
            RunEvent.ApprovalAsked e => $"{e.Phase} asked",
            RunEvent.Ended => "ended",
            RunEvent.Closed => "closed",
            _ => null,
        };

    private static async Task<IReadOnlyList<SaidPost>> PostsAsync(
        Town town,
        string prefix,
        CancellationToken cancellationToken
    )
    {
        var chat = town.World.Chat;
        using var http = new HttpClient { BaseAddress = chat.BaseUri };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", chat.AdminToken);
        var json = await http.GetStringAsync(
            new Uri($"api/v4/channels/{chat.OpsChannelId}/posts?per_page=200", UriKind.Relative),
            cancellationToken
        );
        return
        [
            .. JsonNode.Parse(json)!["posts"]!
                .AsObject()
                .Select(post => SaidPost.Of(post.Value!))
                .Where(post => post.Key.StartsWith(prefix, StringComparison.Ordinal)),
        ];
    }

    private sealed record SaidPost(string Id, string Key, string Text, bool HasButtons)
    {
        public static SaidPost Of(JsonNode post) =>
            new(
                (string)post["id"]!,
                (string?)post["props"]?["platformbot_key"] ?? "",
                (string?)post["message"] ?? "",
                (post["props"]?["attachments"]?[0]?["actions"] as JsonArray)?.Count > 0
            );
    }
}
