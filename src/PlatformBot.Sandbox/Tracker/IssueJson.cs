using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Tracker;

/// <summary>GitHub's shapes, as far as a client of issues reads them.</summary>
internal sealed class IssueJson(string repository, Func<Uri> root)
{
    public JsonObject Of(Issue issue) =>
        new()
        {
            ["id"] = 3_000_000_000 + issue.Number,
            ["node_id"] = $"I_{issue.Number}",
            ["url"] = Api(issue),
            ["repository_url"] = $"{Root}/repos/{repository}",
            ["comments_url"] = $"{Api(issue)}/comments",
            ["html_url"] = Page(issue),
            ["number"] = issue.Number,
            ["state"] = issue.State,
            ["state_reason"] = issue.StateReason,
            ["title"] = issue.Title,
            ["body"] = issue.Body,
            ["user"] = User(issue.Author),
            ["labels"] = new JsonArray([.. issue.Labels.Select(Label)]),
            ["assignees"] = new JsonArray(),
            ["milestone"] = null,
            ["locked"] = false,
            ["comments"] = issue.Comments.Count,
            ["created_at"] = Time(issue.CreatedAt),
            ["updated_at"] = Time(issue.UpdatedAt),
            ["closed_at"] = issue.ClosedAt is { } closed ? Time(closed) : null,
            ["author_association"] = "COLLABORATOR",
        };

    public JsonObject Of(Issue issue, Comment comment) =>
        new()
        {
            ["id"] = comment.Id,
            ["url"] = $"{Root}/repos/{repository}/issues/comments/{comment.Id}",
            ["html_url"] = $"{Page(issue)}#issuecomment-{comment.Id}",
            ["issue_url"] = Api(issue),
            ["body"] = comment.Body,
            ["user"] = User(comment.Author),
            ["created_at"] = Time(comment.CreatedAt),
            ["updated_at"] = Time(comment.CreatedAt),
            ["author_association"] = "COLLABORATOR",
        };

    public string Page(Issue issue) => $"{Root}/{repository}/issues/{issue.Number}";

    private string Root => root().ToString().TrimEnd('/');

    private string Api(Issue issue) => $"{Root}/repos/{repository}/issues/{issue.Number}";

    private static JsonObject User(string login) =>
        new()
        {
            ["login"] = login,
            ["id"] = 1,
            ["type"] = "Bot",
            ["site_admin"] = false,
        };

    private static JsonNode Label(string name) =>
        new JsonObject
        {
            ["id"] = BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes(name))),
            ["name"] = name,
            ["color"] = "ededed",
            ["default"] = false,
            ["description"] = null,
        };

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
