namespace PlatformBot.Sandbox.Tracker;

/// <summary>All issues, in memory.</summary>
internal sealed class IssueBook(string login, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, Issue> _issues = [];
    private long _comments;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Issue> All()
    {
        lock (_gate)
            return [.. _issues.Values.Reverse()];
    }

    public Issue? Find(int number)
    {
        lock (_gate)
            return _issues.GetValueOrDefault(number);
    }

    public Issue Create(string title, string body, IReadOnlyList<string> labels)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            var issue = new Issue(_issues.Count + 1, title, body, "open", null, labels, login, now, now, null);

            return _issues[issue.Number] = issue;
        }
    }

    public Comment Comment(int number, string body)
    {
        lock (_gate)
        {
            var comment = new Comment(++_comments, body, login, clock.GetUtcNow());
            var issue = _issues[number];
            _issues[number] = issue with { Comments = [.. issue.Comments, comment], UpdatedAt = comment.CreatedAt };

            return comment;
        }
    }

    public Issue Change(int number, Func<Issue, Issue> change)
    {
        lock (_gate)
        {
            var (before, now) = (_issues[number], clock.GetUtcNow());
            var after = change(before) with { UpdatedAt = now };

            if (before.IsOpen != after.IsOpen)
                after = after with { ClosedAt = after.IsOpen ? null : now };

            return _issues[number] = after;
        }
    }
}
