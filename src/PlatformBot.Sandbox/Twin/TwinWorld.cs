using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Applications;
using PlatformBot.Sandbox.Twin.Git;
using PlatformBot.Sandbox.Twin.Machines;
using PlatformBot.Sandbox.Twin.Security;
using PlatformBot.Sandbox.Twin.Services;
using PlatformBot.Sandbox.Twin.Storage;
using PlatformBot.Sandbox.Twin.Vault;

namespace PlatformBot.Sandbox.Twin;

/// <summary>
/// The simulated platform: two clusters, six machines, a vault, a Git remote. Everything that acts on it (tools, API
/// requests, controllers) goes through here; <see cref="Tick"/> lets time pass.
/// </summary>
public sealed class TwinWorld(TimeProvider clock, Faults faults, string directory)
{
    private readonly List<IController> _controllers = [];

    public TimeProvider Clock { get; } = clock;

    public Faults Faults { get; } = faults;

    /// <summary>The sandbox's own folder.</summary>
    public string Directory { get; } = directory;

    /// <summary>What both clusters' Flux follows.</summary>
    public GitRemote Git { get; } = new(clock, faults);

    /// <summary>1Password, as the command line tool and, through Connect, External Secrets see it.</summary>
    public PasswordVault Vault { get; } = new(faults);

    /// <summary>monosense.io at Cloudflare.</summary>
    public DnsZone Zone { get; } = new();

    /// <summary>The object store outside both clusters.</summary>
    public Nas Nas { get; } = new(faults);

    /// <summary>What the clusters run on; null where a test has clusters without machines.</summary>
    public MachineRoom? Machines { get; set; }

    /// <summary>What Jaeger has been sent.</summary>
    public TraceStore Traces { get; } = new(clock);

    /// <summary>True once a person has set up the BGP neighbours on the router; no session comes up before.</summary>
    public bool RouterConfigured { get; set; }

    /// <summary>What people do in applications.</summary>
    public ApplicationPeople People => new(this);

    /// <summary>True once somebody has signed up at Mattermost: the first account is the administrator's.</summary>
    public bool ChatHasAdministrator { get; set; }

    /// <summary>
    /// People have done what is theirs to do: the router's neighbours, the NAS' buckets, and in each application that works already, what only
    /// its administrator can.
    /// </summary>
    public void DoWhatPeopleDo()
    {
        RouterConfigured = true;
        foreach (var cluster in Clusters.Keys)
            Nas.MakeBucketsOf(cluster);

        People.MakeRunner();
        People.SignUp();
    }

    public IReadOnlyDictionary<string, TwinCluster> Clusters { get; } =
        new Dictionary<string, TwinCluster>
        {
            ["infra"] = new TwinCluster("infra", clock),
            ["apps"] = new TwinCluster("apps", clock),
        };

    /// <summary>The cluster that a pod runs on: what was reached through a mirrored Service may be on the other one.</summary>
    internal TwinCluster HomeOf(JsonObject pod) =>
        Clusters.Values.First(cluster => cluster.Objects.View(ObjectKey.Of(pod))?.Uid() == pod.Uid());

    /// <summary>The laws of nature, in the order in which they are applied at every tick.</summary>
    public void Add(IController controller) => _controllers.Add(controller);

    /// <summary>Applies every law once to every cluster.</summary>
    public void Tick()
    {
        foreach (var controller in _controllers)
        {
            foreach (var cluster in Clusters.Values)
                controller.Reconcile(cluster);
        }
    }
}
