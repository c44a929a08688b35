using System.Globalization;

namespace PlatformBot.Sandbox.Twin;

/// <summary>Times as Kubernetes writes them: UTC, whole seconds (events and leases: six digits).</summary>
public static class Timestamp
{
    public static string Of(TimeProvider clock) => Of(clock.GetUtcNow());

    public static string Of(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}";

    /// <summary>With microseconds, as MicroTime fields want it.</summary>
    public static string Micro(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffffZ}";

    /// <summary>Null for what is no time.</summary>
    public static DateTimeOffset? Read(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
}
