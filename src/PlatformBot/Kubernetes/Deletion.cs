using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Kubernetes;

/// <summary>Deletes one object and sees it go; while it does not, says what holds it.</summary>
internal sealed class Deletion(Waits waits)
{
    /// <exception cref="ApiException">The server refused, or did not answer.</exception>
    public async Task<ActionOutcome> DeleteAsync(
        ClusterClient cluster,
        PlannedAction.Delete action,
        Action<string> progress,
        CancellationToken cancelled
    )
    {
        if (await UidAsync(cluster, action.Object, cancelled) is not { } uid)
            return new(Verdict.AlreadyThere, $"{action.Object} does not exist");

        try
        {
            await cluster.DeleteAsync(action.Object, uid, action.Propagation, cancelled);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return new(Verdict.Done, $"{action.Object} is gone");
        }

        var gone = new PlannedWait(cluster.Name, "gone", action.Object, Selector: null);
        var outcome = await waits.UntilAsync(gone, progress, cancelled, uid);
        return new(outcome.Holds == true ? Verdict.Done : Verdict.Failed, outcome.Saw);
    }

    private static async Task<string?> UidAsync(
        ClusterClient cluster,
        ObjectReference reference,
        CancellationToken cancelled
    )
    {
        try
        {
            return (await cluster.FindAsync(reference, cancelled))?.Text("metadata", "uid");
        }
        catch (UnknownKindException)
        {
            return null;
        }
    }
}
