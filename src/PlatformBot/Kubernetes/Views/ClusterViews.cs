using PlatformBot.Core.Chat;
using PlatformBot.Core.Checks;

namespace PlatformBot.Kubernetes.Views;

/// <summary>Asks a cluster about everything at once, and says what did not answer in time.</summary>
/// <param name="clock">the cluster's time, by which ages are counted</param>
/// <param name="people">the time of those who wait for the answer</param>
internal sealed class ClusterViews(Clusters clusters, Redactor redactor, TimeProvider clock, TimeProvider people)
    : IClusterViews
{
    /// <summary>A chat server gives up on a command after three seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2.5);

    // csharpier-ignore - the order of the screen
    private static readonly (string Name, Func<Glance, CancellationToken, Task<ClusterFinding?>> Look)[] Topics =
    [
        ("API server",   Basics.ServerAsync),
        ("nodes",        Basics.NodesAsync),
        ("Flux",         FluxTopic.LookAsync),
        ("mesh",         MeshTopic.LookAsync),
        ("certificates", CertificatesTopic.LookAsync),
        ("volumes",      Basics.VolumesAsync),
        ("backups",      BackupsTopic.LookAsync),
    ];

    public async Task<ClusterView> LookAsync(string cluster, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();

        if (!clusters.Find(cluster).Ok(out var client, out var refusal))
            return new(cluster, now, [new(Health.Unknown, Topics[0].Name, refusal.Reason, [refusal.Hint])], []);

        using var patience = new CancellationTokenSource(Patience, people);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var glance = new Glance(client, now);
        var looks = await Task.WhenAll(
            Topics.Select(topic =>
                LookAsync(topic.Name, topic.Look(glance, limited.Token), limited.Token, cancellationToken)
            )
        );

        // Where the server does not answer, seven lines that say so are six too many.
        var found = looks.OfType<ClusterFinding>().ToList();
        var shown = found is [{ Health: Health.Unknown } silent, ..] ? [silent] : found;
        var missing = Topics.Zip(looks).Where(each => each.Second is null).Select(each => each.First.Name);
        return new(cluster, now, [.. shown.Select(Redacted)], [.. missing]);
    }

    private static async Task<ClusterFinding?> LookAsync(
        string topic,
        Task<ClusterFinding?> look,
        CancellationToken limited,
        CancellationToken cancelled
    )
    {
        try
        {
            return await look.WaitAsync(limited);
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            return new(Health.Unknown, topic, "did not answer in time");
        }
        catch (ApiException error)
        {
            return new(Health.Unknown, topic, error.Message);
        }
    }

    private ClusterFinding Redacted(ClusterFinding finding) =>
        finding with
        {
            Text = redactor.Redact(finding.Text),
            Details = [.. finding.Details.Select(redactor.Redact)],
        };
}
