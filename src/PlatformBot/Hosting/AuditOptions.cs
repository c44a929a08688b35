namespace PlatformBot.Hosting;

/// <summary>Section "Audit".</summary>
internal sealed record AuditOptions
{
    public const string Section = "Audit";

    /// <summary>Time of day, UTC, at which the newest entry's number and hash are posted; null: never.</summary>
    public TimeOnly? PostHeadAt { get; init; }
}
