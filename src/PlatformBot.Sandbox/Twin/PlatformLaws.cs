using PlatformBot.Sandbox.Twin.Cilium;
using PlatformBot.Sandbox.Twin.Flux;
using PlatformBot.Sandbox.Twin.Mesh;
using PlatformBot.Sandbox.Twin.Metrics;
using PlatformBot.Sandbox.Twin.Security;

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

        var answers = new ServiceAnswers(world);
        var traffic = new MeshTraffic(world);

        foreach (var cluster in world.Clusters.Values)
        {
            cluster.ServiceProxy = request => answers.Answer(cluster, request);
            cluster.Exec = request => traffic.Exec(cluster, request);
            cluster.Trouble = pod => Troubles.Of(world, cluster, pod);
            cluster.PodAdmission = pod =>
            {
                ProxyInjector.Inject(cluster, pod);
                return PodSecurity.Review(cluster, pod);
            };
        }
    }
}
