using System.Text.Json;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Kubernetes;

/// <summary>Looks at what a wait waits for, once or until it holds.</summary>
internal sealed class Waits(Clusters clusters, TimeProvider clock)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>Never throws for what the cluster answers; null holds when it does not answer.</summary>
    public async Task<CheckOutcome> LookAsync(PlannedWait wait, CancellationToken cancellationToken)
    {
        if (!clusters.Find(wait.Cluster).Ok(out var cluster, out var refusal))
            return new(null, refusal.Reason);

        try
        {
            return wait.Object.Name is null
                ? await LookAtAllAsync(cluster, wait, cancellationToken)
                : await LookAtOneAsync(cluster, wait, cancellationToken);
        }
        catch (UnknownKindException error)
        {
            return wait.For == "gone" ? new(true, error.Message) : new(false, error.Message);
        }
        catch (ApiException error)
        {
            return new(null, Unanswered(cluster.Name, error));
        }
    }

    /// <summary>Looks again and again until it holds, is hopeless, or is cancelled; tells when what it sees has changed.</summary>
    public async Task<CheckOutcome> UntilAsync(PlannedWait wait, Action<string> progress, CancellationToken cancelled)
    {
        var said = "";
        var patience = new Patience(clock);

        while (true)
        {
            var look = await LookAsync(wait, cancelled);

            if (look.Holds == true || patience.IsOver(look.Hopeless))
                return look;

            if (look.Saw != said)
                progress(said = look.Saw);

            await Task.Delay(LookEvery, clock, cancelled);
        }
    }

    /// <summary>"API server of infra does not answer: connection refused", or what it answered.</summary>
    public static string Unanswered(string cluster, ApiException error) => error.For(cluster);

    private static async Task<CheckOutcome> LookAtOneAsync(
        ClusterClient cluster,
        PlannedWait wait,
        CancellationToken cancellationToken
    )
    {
        JsonElement item;

        try
        {
            item = await cluster.GetAsync(wait.Object, cancellationToken);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return new(wait.For == "gone", $"{wait.Object} does not exist");
        }

        var look = WaitCondition.Look(item, wait.Object.Kind, wait.For);
        var pods = await PodsAsync(cluster, wait, item, look, cancellationToken);
        return look with
        {
            Saw = Sentence(wait, wait.Object.ToString(), look.Saw) + PodHealth.Worst(pods),
            Hopeless = look.Hopeless || pods.Any(PodHealth.CannotStart),
        };
    }

    private static async Task<CheckOutcome> LookAtAllAsync(
        ClusterClient cluster,
        PlannedWait wait,
        CancellationToken cancellationToken
    )
    {
        var items = await cluster.ListAsync(wait.Object, wait.Selector, cancellationToken);
        var kind = wait.Object.Kind.ToLowerInvariant();

        if (items.Count == 0)
        {
            return new(
                wait.For == "gone",
                $"there is no {kind}{(wait.Selector is null ? "" : $" with {wait.Selector}")}"
            );
        }

        var looks = items
            .Select(item => (Item: item, Look: WaitCondition.Look(item, wait.Object.Kind, wait.For)))
            .ToList();
        var open = looks.Where(each => each.Look.Holds != true).ToList();

        if (open.Count == 0)
            return new(true, $"{items.Count} of {items.Count} {kind}s: {looks[0].Look.Saw}");

        // The one that is hopeless explains more than one that is only slow.
        var (item, look) = open.OrderByDescending(each => each.Look.Hopeless).First();
        var path = item.Namespace() is { } ns ? $"{ns}/{item.Name()}" : item.Name();
        return look with { Saw = $"{items.Count - open.Count} of {items.Count} {kind}s as wanted; {path} {look.Saw}" };
    }

    private static string Sentence(PlannedWait wait, string name, string saw) =>
        wait.For == "rollout" && saw.Contains("pods", StringComparison.Ordinal) ? $"{name}: {saw}" : $"{name} {saw}";

    /// <summary>The pods of a workload that is not there yet; none when it is, or when nobody can tell.</summary>
    private static async Task<IReadOnlyList<JsonElement>> PodsAsync(
        ClusterClient cluster,
        PlannedWait wait,
        JsonElement workload,
        CheckOutcome look,
        CancellationToken cancellationToken
    )
    {
        if (
            look.Holds == true
            || wait.For != "rollout"
            || workload.At("spec", "selector", "matchLabels") is not { ValueKind: JsonValueKind.Object } labels
        )
        {
            return [];
        }

        var selector = string.Join(
            ',',
            labels.EnumerateObject().Select(label => $"{label.Name}={label.Value.GetString()}")
        );

        try
        {
            var pods = new ObjectReference("v1", "Pod", workload.Namespace(), null);
            return await cluster.ListAsync(pods, selector, cancellationToken);
        }
        catch (ApiException)
        {
            return [];
        }
    }
}
