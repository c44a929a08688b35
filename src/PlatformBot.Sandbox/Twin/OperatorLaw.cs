using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin;

/// <summary>
/// What operators have in common: they act while their Deployment does, on kinds that exist, and look at an object again
/// when its spec has changed or when they said they would.
/// </summary>
internal abstract class OperatorLaw(TwinWorld world, string ns, string deployment) : IController
{
    private readonly Dictionary<string, (long Generation, DateTimeOffset NotBefore)> _looked = [];

    protected TwinWorld World => world;

    protected TimeProvider Clock => world.Clock;

    protected DateTimeOffset Now => world.Clock.GetUtcNow();

    public void Reconcile(TwinCluster cluster)
    {
        if (cluster.ApiIsUp && Pods.IsAvailable(cluster, ns, deployment))
            Act(cluster);
    }

    /// <summary>One look at the cluster while the operator runs.</summary>
    protected abstract void Act(TwinCluster cluster);

    /// <summary>The objects of a kind whose time has come, as views.</summary>
    protected IEnumerable<JsonObject> Due(TwinCluster cluster, string apiVersion, string kind) =>
        cluster.Objects.View(apiVersion, kind).Where(json => !json.IsEnding() && IsDue(json));

    /// <summary>The same for what needs a look every so often, whatever the look says.</summary>
    protected IEnumerable<JsonObject> Due(TwinCluster cluster, string apiVersion, string kind, TimeSpan every)
    {
        foreach (var json in Due(cluster, apiVersion, kind))
        {
            Again(json, every);
            yield return json;
        }
    }

    private bool IsDue(JsonObject json) =>
        !_looked.TryGetValue(json.Uid(), out var last)
        || last.Generation != json.Whole("metadata", "generation")
        || Now >= last.NotBefore;

    /// <summary>Looks at the object again after a while, or as soon as somebody changes what it should be.</summary>
    protected void Again(JsonObject json, TimeSpan after) =>
        _looked[json.Uid()] = (json.Whole("metadata", "generation") ?? 0, Now + after);
}
