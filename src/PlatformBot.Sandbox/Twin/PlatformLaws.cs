using PlatformBot.Sandbox.Twin.Applications;
using PlatformBot.Sandbox.Twin.Cilium;
using PlatformBot.Sandbox.Twin.Flux;
using PlatformBot.Sandbox.Twin.Mesh;
using PlatformBot.Sandbox.Twin.Metrics;
using PlatformBot.Sandbox.Twin.Security;
using PlatformBot.Sandbox.Twin.Services;
using PlatformBot.Sandbox.Twin.Storage;

namespace PlatformBot.Sandbox.Twin;

/// <summary>Everything that lives on top of plain Kubernetes: Cilium, Flux, Linkerd, Victoria Metrics, secrets and certificates.</summary>
public static class PlatformLaws
{
    /// <summary>Adds the controllers, and speaks for the programs in the pods.</summary>
    public static void Add(TwinWorld world)
    {
        world.Add(new CiliumController(world));
        world.Add(new GitRepositoryController(world));
        world.Add(new HelmRepositoryController(world));
        world.Add(new OciRepositoryController(world));
        world.Add(new KustomizationController(world));
        world.Add(new HelmReleaseController(world));
        world.Add(new VmOperator());
        world.Add(new ServiceMirror(world));
        SecurityLaws.Add(world);
        ServiceLaws.Add(world);
        ApplicationLaws.Add(world);
        world.Add(new RookController(world));
        world.Add(new SnapshotController(world));
        world.Add(new VolSyncController(world));
        world.Add(new VeleroServer(world));

        SpeakForPods(world);
    }

    private static void SpeakForPods(TwinWorld world)
    {
        var answers = new ServiceAnswers(world);
        var programs = new PodPrograms(world);
        var toolbox = new CephToolbox(world);
        var applications = new ApplicationPrograms(world);

        foreach (var cluster in world.Clusters.Values)
        {
            cluster.ServiceProxy = request => answers.Answer(cluster, request);
            cluster.Exec = request => toolbox.Exec(cluster, request) ?? programs.Exec(cluster, request);
            cluster.Trouble = pod =>
                Troubles.Of(world, cluster, pod)
                ?? StorageTroubles.Of(world, cluster, pod)
                ?? applications.Trouble(cluster, pod);
            cluster.Logs = request => StorageTroubles.Log(world, cluster, request);
            cluster.Provisioning = (_, storage) => CephCsi.Trouble(world, cluster, storage);
            cluster.PodAdmission = pod =>
            {
                ProxyInjector.Inject(cluster, pod);
                return PodSecurity.Review(cluster, pod);
            };
        }
    }
}
