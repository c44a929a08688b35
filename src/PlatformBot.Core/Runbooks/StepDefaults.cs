namespace PlatformBot.Core.Runbooks;

/// <summary>What holds where a step says nothing.</summary>
internal static class StepDefaults
{
    /// <summary>How runbooks would write it.</summary>
    public const string TimeoutText = "10m";

    /// <inheritdoc cref="TimeoutText"/>
    public const string ExpiresText = "1d";

    /// <summary>Of one attempt.</summary>
    public static readonly TimeSpan Timeout = Durations.Parse(TimeoutText)!.Value;

    /// <summary>Of a step that people do.</summary>
    public static readonly TimeSpan Expires = Durations.Parse(ExpiresText)!.Value;
}
