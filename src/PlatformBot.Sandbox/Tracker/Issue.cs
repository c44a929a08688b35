namespace PlatformBot.Sandbox.Tracker;

/// <summary>An issue as people see it.</summary>
/// <param name="State">open or closed</param>
/// <param name="StateReason">completed, not_planned, reopened, or null</param>
public sealed record Issue(
    int Number,
    string Title,
    string Body,
    string State,
    string? StateReason,
    IReadOnlyList<string> Labels,
    string Author,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? ClosedAt
)
{
    public IReadOnlyList<Comment> Comments { get; init; } = [];

    public bool IsOpen => State == "open";
}

public sealed record Comment(long Id, string Body, string Author, DateTimeOffset CreatedAt);
