namespace PlatformBot.Sandbox.Tracker;

/// <summary>How the sandbox's issue tracker is started.</summary>
public sealed record TrackerOptions
{
    /// <summary>TCP port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The one repository there is: owner/name.</summary>
    public string Repository { get; init; } = "platform/home-ops";

    /// <summary>The login under which the token writes.</summary>
    public string Login { get; init; } = "platformbot";

    /// <summary>Requests an hour; the next one is 403 until the hour is over, as with the real one.</summary>
    public int RequestsPerHour { get; init; } = 5000;

    /// <summary>Told of every request, and may lose it; null loses none.</summary>
    public CallLoss? Loses { get; init; }

    /// <summary>Other pages of the sandbox (name → URL), shown as links.</summary>
    public IReadOnlyDictionary<string, string> Links { get; init; } = new Dictionary<string, string>();
}
