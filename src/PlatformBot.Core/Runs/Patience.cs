namespace PlatformBot.Core.Runs;

/// <summary>
/// When to give up on something that looks hopeless. A condition from before the action ("exceeded its progress deadline",
/// an image that was not there a moment ago) stands for a while after its cause is gone, so it counts only when it lasts.
/// </summary>
public sealed class Patience(TimeProvider clock)
{
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(2);

    private long? _since;

    /// <summary>True when every look of the last two minutes was hopeless.</summary>
    public bool IsOver(bool hopeless)
    {
        _since = hopeless ? _since ?? clock.GetTimestamp() : null;
        return _since is { } since && clock.GetElapsedTime(since) >= Lasting;
    }
}
