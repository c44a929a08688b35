using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using PlatformBot.Core.Audit;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Incidents;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;

namespace PlatformBot.CrashMatrix;

/// <summary>What must be true of a run that has ended, whatever happened on the way; each method names what is not.</summary>
internal static class Truth
{
    /// <summary>The journal: it replays to one of these ends and is closed, and no attempt, vote or announcement is in it twice.</summary>
    public static IEnumerable<string> OfJournal(IReadOnlyList<Entry> entries, RunState[] ends)
    {
        if (Run.Replay(entries) is not { } run)
        {
            yield return "the journal does not replay";
            yield break;
        }

        if (!run.IsClosed || !ends.Contains(run.State))
            yield return $"run {run.Id} is {run.State}{(run.IsClosed ? "" : " and not closed")}: {run.EndedWhy}";

        foreach (var twice in Twice(entries.Select(Once).OfType<string>()))
            yield return $"twice in the journal: {twice}";

        foreach (var incident in run.Incidents.Values.Where(each => !IsSettled(run, each)))
            yield return $"the incident of {incident.Step} is {incident.State}";
    }

    /// <summary>Every entry follows from the one before.</summary>
    public static IEnumerable<string> OfChain(IEnumerable<StoredEntry> all)
    {
        var before = EntryJson.Genesis;

        foreach (var entry in all)
        {
            if (EntryJson.Hash(before, entry.Number, entry.Run, entry.At, entry.By, entry.What) != entry.Hash)
                yield return $"entry {entry.Number} does not follow from the one before";

            before = entry.Hash;
        }
    }

    /// <summary>
    /// The chat: whatever the journal says was said stands there once, nothing else of this run does, the card says how it
    /// ended, approvals what became of them, and the last post what is left of it.
    /// </summary>
    public static async Task<IReadOnlyList<string>> OfChatAsync(Town town, Run run, CancellationToken cancellationToken)
    {
        var posts = await PostsAsync(town, $"{run.Id.Number}:", cancellationToken);
        var wrong = Twice(posts.Select(post => post.Key)).Select(key => $"posted twice: {key}").ToList();
        var ended = RunCard.StateWords(run.State);
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

            if (post?.Text.Contains(ended, StringComparison.Ordinal) != true)
                wrong.Add($"the post '{key}' does not say that it {ended}: {post?.Text.Split('\n')[0]}");
        }

        wrong.AddRange(OfApprovals(posts, run));
        wrong.AddRange(OfEffects(posts, run));
        return wrong;
    }

    /// <summary>What was asked says what became of it.</summary>
    private static IEnumerable<string> OfApprovals(IReadOnlyList<SaidPost> posts, Run run)
    {
        foreach (var approval in run.Approvals.Values)
        {
            var post = posts.FirstOrDefault(post =>
                post.Key.EndsWith($":approval:{approval.Phase}", StringComparison.Ordinal)
            );

            if (post?.Text.Contains($"was {approval.State}", StringComparison.OrdinalIgnoreCase) != true)
                yield return $"the post of {approval.Phase} does not say that it is {approval.State}";

            if (approval.Phase != run.Rollback?.Approval)
                continue;

            foreach (var step in run.Steps.Where(step => StepStates.IsUndone(step.Value.State)))
            {
                if (post?.Text.Contains($"`{step.Key}`", StringComparison.Ordinal) != true)
                    yield return $"the post of {approval.Phase} no longer says that {step.Key} is undone";
            }
        }
    }

    /// <summary>The last post of a run that did not reach its goal names every step that began.</summary>
    private static IEnumerable<string> OfEffects(IReadOnlyList<SaidPost> posts, Run run)
    {
        var end = posts.FirstOrDefault(post => post.Key.EndsWith(":end", StringComparison.Ordinal))?.Text ?? "";
        return run.State is RunState.Succeeded
            ? []
            : run
                .Steps.Where(step =>
                    step.Value.StartedAt is not null && !end.Contains($"`{step.Key}`", StringComparison.Ordinal)
                )
                .Select(step => $"the last post does not name {step.Key}, which began");
    }

    /// <summary>Its cause is gone and told, exactly where the step is as it should be, or where the whole run was taken back.</summary>
    private static bool IsSettled(Run run, Incident incident) =>
        run.Steps[incident.Step].State switch
        {
            StepState.Succeeded or StepState.AlreadyDone => incident.State is IncidentState.Closed,
            StepState.RolledBack => incident.State is IncidentState.Closed or IncidentState.Acknowledged,
            _ => incident.State is IncidentState.Reported or IncidentState.Acknowledged,
        };

    private static IEnumerable<string> Twice(IEnumerable<string> all) =>
        all.GroupBy(each => each, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => same.Key);

    /// <summary>What may stand in the journal of a run once only.</summary>
    private static string? Once(Entry entry) =>
        entry.What switch
        {
            RunEvent.StepStarted e => $"{e.Step} started as attempt {e.Attempt}",
            RunEvent.Announced e => $"{e.Key} announced",
            RunEvent.ApprovalAsked e => $"{e.Phase} asked",
            RunEvent.Voted e => $"{entry.By} voted on {e.Phase}",
            RunEvent.EvidenceConfirmed e => $"{e.Step} confirmed",
            RunEvent.CancelAsked => "a cancellation asked",
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
