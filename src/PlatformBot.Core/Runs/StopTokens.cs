namespace PlatformBot.Core.Runs;

/// <summary>Why the work on a step may have to stop.</summary>
/// <param name="Stopping">the bot goes: leave the step as it is, write nothing</param>
/// <param name="Cancelled">a person ended the run: stop what is being done, and write it</param>
/// <param name="Ending">the run ends, also because an approval was refused: what acts may finish, what only waits leaves</param>
/// <param name="Draining">the bot is about to go: what acts may finish, nothing new begins, and nothing is written about it</param>
public sealed record StopTokens(
    CancellationToken Stopping,
    CancellationToken Cancelled,
    CancellationToken Ending,
    CancellationToken Draining
)
{
    /// <summary>Whatever stopped, the journal is right as it is, and the next start goes on from there.</summary>
    public bool IsLeaving => Stopping.IsCancellationRequested || Draining.IsCancellationRequested;
}
