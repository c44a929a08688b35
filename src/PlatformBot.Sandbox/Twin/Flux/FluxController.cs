using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Flux;

/// <summary>
/// What Flux' controllers have in common: they work only while their Deployment does, look at every object of their kind,
/// and keep a work queue of their own (when to look again; which work is under way since when).
/// </summary>
internal abstract class FluxController(TwinWorld world, string deployment, string apiVersion, string kind) : IController
{
    private readonly Dictionary<string, DateTimeOffset> _notBefore = [];
    private readonly Dictionary<string, DateTimeOffset> _since = [];

    protected TwinWorld World => world;

    protected DateTimeOffset Now => world.Clock.GetUtcNow();

    public void Reconcile(TwinCluster cluster)
    {
        if (!cluster.ApiIsUp || !IsRunning(cluster, deployment))
            return;

        foreach (var json in cluster.Objects.View(apiVersion, kind))
        {
            if ((bool?)json["spec"]?["suspend"] is not true)
                Reconcile(cluster, json);
        }
    }

    /// <param name="json">A view: change it only through <see cref="Change"/>.</param>
    protected abstract void Reconcile(TwinCluster cluster, JsonObject json);

    protected static bool IsRunning(TwinCluster cluster, string deployment) =>
        cluster.Objects.View(new ObjectKey("apps/v1", "Deployment", "flux-system", deployment)) is { } found
        && (int?)found["status"]?["availableReplicas"] > 0;

    protected static void Change(TwinCluster cluster, JsonObject json, Action<JsonObject> change) =>
        cluster.Objects.Update(ObjectKey.Of(json), change);

    /// <summary>True when the queue's time for this object has come.</summary>
    protected bool IsDue(JsonObject json) => !_notBefore.TryGetValue(Uid(json), out var time) || Now >= time;

    /// <summary>Looks at the object again after a while; sooner only when it is asked for.</summary>
    protected void Again(JsonObject json, TimeSpan after) => _notBefore[Uid(json)] = Now + after;

    /// <summary>How long the work on this object has been going on; null when there is none.</summary>
    protected TimeSpan? Working(JsonObject json) => _since.TryGetValue(Uid(json), out var since) ? Now - since : null;

    protected void Begin(JsonObject json) => _since[Uid(json)] = Now;

    protected void End(JsonObject json) => _since.Remove(Uid(json));

    protected static string Uid(JsonObject json) => (string?)json["metadata"]?["uid"] ?? "";
}
