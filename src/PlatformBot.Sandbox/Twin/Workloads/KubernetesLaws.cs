namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>
/// The laws of plain Kubernetes (controller-manager, scheduler, kubelets and the load balancer) in the order in which they
/// act. Where nothing has changed since the last look, only those that also watch the clock look again.
/// </summary>
public sealed class KubernetesLaws : IController
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly List<(IController Law, bool WatchesClock)> _laws;
    private readonly Dictionary<TwinCluster, (long Version, DateTimeOffset At)> _lastLook = [];

    private KubernetesLaws(TwinWorld world) =>
        _laws = [
            (new DefinitionLaw(), false),
            (new NamespaceLaw(), true),
            (new GarbageLaw(), false),
            (new NodePresence(world), true),
            (new NodeLaw(), false),
            (new DeploymentLaw(), true),
            (new ReplicaSetLaw(), false),
            (new DaemonSetLaw(), false),
            (new StatefulSetLaw(), false),
            (new JobLaw(), false),
            (new VolumeLaw(), true),
            (new SchedulerLaw(), true),
            (new KubeletLaw(world.Faults), true),
            (new ServiceLaw(), false),
            (new LoadBalancerLaw(), false),
        ];

    /// <summary>Lets the world obey them. Add this before the controllers that build on workloads (Helm, Flux).</summary>
    public static void AddTo(TwinWorld world) => world.Add(new KubernetesLaws(world));

    public void Reconcile(TwinCluster cluster)
    {
        if (!cluster.ApiIsUp)
            return;

        var now = cluster.Clock.GetUtcNow();
        var version = cluster.Objects.Version;
        var changed = !_lastLook.TryGetValue(cluster, out var last) || last.Version != version;

        if (!changed && now - last.At < Pause)
            return;

        foreach (var (law, _) in _laws.Where(law => changed || law.WatchesClock))
            law.Reconcile(cluster);

        // What the laws wrote themselves counts as a change: the next look continues from there.
        _lastLook[cluster] = (version, now);
    }
}
