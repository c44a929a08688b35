using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Runs;
using PlatformBot.Kubernetes;

namespace PlatformBot.Hosting;

/// <summary>Keeps in the journal which cluster a name means, so that neither a restart nor another client configuration changes it.</summary>
internal sealed class LedgerPins(LiveLedger ledger) : IClusterPins
{
    public ClusterPin? Of(string cluster) => ledger.Now.Clusters.GetValueOrDefault(cluster);

    public async Task<ClusterPin> PinAsync(
        string cluster,
        string uid,
        string server,
        CancellationToken cancellationToken
    )
    {
        var pinned = new RunEvent.ClusterPinned(cluster, uid, server);

        while (true)
        {
            await ledger.NoteIfAsync(now => !now.Clusters.ContainsKey(cluster), pinned, cancellationToken);

            // Lifted again in between: bound anew.
            if (Of(cluster) is { } pin)
                return pin;
        }
    }

    /// <summary>The name may mean another cluster, because a step is about to make it.</summary>
    public async Task LiftAsync(string cluster, string step, CancellationToken cancellationToken)
    {
        if (Of(cluster) is not { } pin)
            return;

        var lifted = new RunEvent.ClusterUnpinned(cluster, pin.Uid, $"{step} makes it a new cluster");
        await ledger.NoteIfAsync(now => now.Clusters.ContainsKey(cluster), lifted, cancellationToken);
    }
}
