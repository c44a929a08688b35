namespace PlatformBot.Core.Incidents;

/// <summary>
/// Where incidents are reported: an issue tracker. Calls retry by themselves while it is away, and throw
/// <see cref="IncidentRefusedException"/> when it will never accept them.
/// </summary>
public interface IIncidents
{
    /// <summary>Opens an issue, or finds the open one with the same fingerprint (it stands hidden in the body).</summary>
    Task<IssueLink> OpenAsync(
        string fingerprint,
        string title,
        string body,
        IReadOnlyList<string> labels,
        CancellationToken stopping
    );

    /// <summary>Adds a comment; the same key never adds two.</summary>
    Task CommentAsync(IssueLink issue, string key, string body, CancellationToken stopping);

    /// <summary>Closes with a comment; closing twice is harmless.</summary>
    Task CloseAsync(IssueLink issue, string key, string comment, CancellationToken stopping);
}

/// <param name="Url">for people</param>
public sealed record IssueLink(int Number, string Url);

/// <summary>The tracker refused for good: no such repository or issue, or the bot may not write there.</summary>
public sealed class IncidentRefusedException(string message) : Exception(message);
