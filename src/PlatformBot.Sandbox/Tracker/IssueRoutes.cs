using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace PlatformBot.Sandbox.Tracker;

/// <summary>The part of GitHub's REST API that deals with issues, comments and labels.</summary>
internal sealed class IssueRoutes(IssueBook book, IssueJson json)
{
    private const int LongestBody = 65536;
    private const int LongestTitle = 256;

    public (int Status, JsonNode Body) Create(JsonElement sent)
    {
        var issue = book.Create(Title(sent), Text(sent, "body") ?? "", Labels(sent));
        return (StatusCodes.Status201Created, json.Of(issue));
    }

    public (int Status, JsonNode Body) Get(int number) => (StatusCodes.Status200OK, json.Of(Find(number)));

    public (int Status, JsonNode Body) Change(int number, JsonElement sent)
    {
        Find(number);
        var state = Text(sent, "state");

        if (state is not (null or "open" or "closed"))
            throw new ApiException(StatusCodes.Status422UnprocessableEntity, "Validation Failed", "state", "invalid");

        var changed = book.Change(
            number,
            issue =>
                issue with
                {
                    Title = sent.TryGetProperty("title", out _) ? Title(sent) : issue.Title,
                    Body = Text(sent, "body") ?? issue.Body,
                    Labels = sent.TryGetProperty("labels", out _) ? Labels(sent) : issue.Labels,
                    State = state ?? issue.State,
                    StateReason = state is null ? issue.StateReason : Reason(sent, state),
                }
        );

        return (StatusCodes.Status200OK, json.Of(changed));
    }

    public (int Status, JsonNode Body) Comment(int number, JsonElement sent)
    {
        var issue = Find(number);

        if (Text(sent, "body") is not { Length: > 0 } body)
        {
            throw new ApiException(
                StatusCodes.Status422UnprocessableEntity,
                "Validation Failed",
                "body",
                "missing_field"
            );
        }

        return (StatusCodes.Status201Created, json.Of(issue, book.Comment(number, body)));
    }

    public (int Status, JsonNode Body) Label(int number, JsonElement sent)
    {
        Find(number);
        var changed = book.Change(number, issue => issue with { Labels = [.. issue.Labels.Union(Labels(sent))] });

        return (StatusCodes.Status200OK, json.Of(changed)["labels"]!.DeepClone());
    }

    /// <summary>Every comment, or every issue that the query asks for; the caller cuts them into pages.</summary>
    public IEnumerable<JsonNode> Comments(int number)
    {
        var issue = Find(number);
        return issue.Comments.Select(comment => (JsonNode)json.Of(issue, comment));
    }

    public IEnumerable<JsonNode> List(IQueryCollection query)
    {
        var state = query["state"].FirstOrDefault("open");
        var labels = query["labels"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries);
        var since = DateTimeOffset.TryParse(query["since"], CultureInfo.InvariantCulture, out var time)
            ? time
            : default;

        var found = book.All()
            .Where(issue => state == "all" || issue.State == state)
            .Where(issue => labels.All(label => issue.Labels.Contains(label, StringComparer.OrdinalIgnoreCase)))
            .Where(issue => issue.UpdatedAt >= since);

        if (query["sort"] == "updated")
            found = found.OrderByDescending(issue => issue.UpdatedAt);

        return (query["direction"] == "asc" ? found.Reverse() : found).Select(issue => (JsonNode)json.Of(issue));
    }

    private Issue Find(int number) =>
        book.Find(number) ?? throw new ApiException(StatusCodes.Status404NotFound, "Not Found");

    private static string Title(JsonElement sent)
    {
        if (Text(sent, "title") is not { Length: > 0 } title)
        {
            throw new ApiException(
                StatusCodes.Status422UnprocessableEntity,
                "Validation Failed",
                "title",
                "missing_field"
            );
        }

        return title.Length <= LongestTitle
            ? title
            : throw new ApiException(
                StatusCodes.Status422UnprocessableEntity,
                $"title is too long (maximum is {LongestTitle} characters)",
                "title",
                "custom"
            );
    }

    private static string? Text(JsonElement sent, string name)
    {
        if (!sent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;

        if (value.ValueKind != JsonValueKind.String)
            throw new ApiException(StatusCodes.Status422UnprocessableEntity, "Invalid request.", name, "invalid");

        var text = value.GetString()!;

        return text.EnumerateRunes().Count() <= LongestBody
            ? text
            : throw new ApiException(
                StatusCodes.Status422UnprocessableEntity,
                $"{name} is too long (maximum is {LongestBody} characters)",
                name,
                "custom"
            );
    }

    private static List<string> Labels(JsonElement sent) =>
        sent.TryGetProperty("labels", out var labels) && labels.ValueKind == JsonValueKind.Array
            ?
            [
                .. labels
                    .EnumerateArray()
                    .Select(label =>
                        label.ValueKind == JsonValueKind.String ? label.GetString()! : Text(label, "name")!
                    ),
            ]
            : [];

    private static string? Reason(JsonElement sent, string state) =>
        Text(sent, "state_reason") ?? (state == "closed" ? "completed" : "reopened");
}
