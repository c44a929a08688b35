using System.Text.Json;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Kubernetes;

/// <summary>Looks at what a wait waits for, once or until it holds.</summary>
internal sealed class Waits(Clusters clusters, TimeProvider clock)
{
    /// <summary>Files and addresses that lead to a cluster may change while something waits for it.</summary>
    private static readonly TimeSpan LookForClusterEvery = TimeSpan.FromSeconds(1);

    /// <summary>Never throws for what the cluster answers; null holds when it does not answer.</summary>
    public async Task<CheckOutcome> LookAsync(PlannedWait wait, CancellationToken cancellationToken)
    {
        if (!clusters.Find(wait.Cluster).Ok(out var cluster, out var refusal))
            return new(null, refusal.Reason);

        try
        {
            var items = await ItemsAsync(cluster, wait, cancellationToken);
            var look = WaitLook.Judge(wait, items);
            return WaitLook.PodsOf(wait, items, look) is { } pods
                ? WaitLook.Explained(look, await PodsAsync(cluster, pods, cancellationToken))
                : look;
        }
        catch (UnknownKindException error)
        {
            return WaitLook.WithoutKind(wait, error);
        }
        catch (ApiException error)
        {
            return error.Unseen(cluster.Name);
        }
    }

    /// <summary>
    /// Follows the cluster until it holds, is hopeless, or is cancelled; tells when what it sees has changed. One object may go and come again:
    /// what counts is what is there.
    /// </summary>
    /// <param name="uid">of the object whose end is waited for, when that is known</param>
    public async Task<CheckOutcome> UntilAsync(
        PlannedWait wait,
        Action<string> progress,
        CancellationToken cancelled,
        string? uid = null
    )
    {
        var (said, patience) = ("", new Patience(clock));
        WaitSession? session = null;

        try
        {
            while (true)
            {
                if (clusters.Find(wait.Cluster).Ok(out var cluster, out var refusal) && session?.Cluster != cluster)
                {
                    session?.Dispose();
                    session = new(cluster, wait, uid, clock);
                }

                var look = refusal is null ? await session!.LookAsync(cancelled) : new(null, refusal.Reason);

                if (look.Holds == true || session?.IsElsewhere == true || patience.IsOver(look.Hopeless))
                    return look;

                if (look.Saw != said)
                    progress(said = look.Saw);

                await (
                    refusal is null
                        ? session!.ChangedAsync(cancelled)
                        : Task.Delay(LookForClusterEvery, clock, cancelled)
                );
            }
        }
        finally
        {
            session?.Dispose();
        }
    }

    private static async Task<IReadOnlyList<JsonElement>> ItemsAsync(
        ClusterClient cluster,
        PlannedWait wait,
        CancellationToken cancellationToken
    )
    {
        if (wait.Object.Name is null)
            return await cluster.ListAsync(wait.Object, wait.Selector, cancellationToken);

        return await cluster.FindAsync(wait.Object, cancellationToken) is { } item ? [item] : [];
    }

    /// <summary>They only explain: when nobody can tell, there are none.</summary>
    private static async Task<IReadOnlyList<JsonElement>> PodsAsync(
        ClusterClient cluster,
        PodsOfWorkload pods,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await cluster.ListAsync(pods.All, $"{pods.Selector}", cancellationToken);
        }
        catch (ApiException)
        {
            return [];
        }
    }
}
