namespace PlatformBot.Core.Runs;

/// <summary>
/// Somebody who tells others about a run: the chat, the issue tracker. It follows the run's state, says what has not been
/// said yet, and writes down that it was said. The run never waits for it.
/// </summary>
public interface IRunView
{
    /// <summary>Returns when the run is over and all has been said, or when <paramref name="stopping"/> fires.</summary>
    Task FollowAsync(LiveRun live, CancellationToken stopping);
}
