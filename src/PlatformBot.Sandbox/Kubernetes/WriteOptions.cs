namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>Who writes, and how.</summary>
public sealed record WriteOptions(string Manager)
{
    /// <summary>"status", "scale" or "" for the object itself.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>Take fields over that other managers own.</summary>
    public bool Force { get; init; }

    /// <summary>Answer as if, and store nothing.</summary>
    public bool DryRun { get; init; }
}
