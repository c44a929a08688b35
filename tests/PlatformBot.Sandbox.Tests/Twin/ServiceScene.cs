using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin;
using Shouldly;

namespace PlatformBot.Sandbox.Tests.Twin;

/// <summary>infra with secrets and certificates, in which tests install services piece by piece from the shipped tree.</summary>
internal sealed class ServiceScene
{
    private const string Tree = "kubernetes/infrastructure";

    private readonly PlatformScene _scene = new();

    /// <param name="storage">whether the StorageClass that the services ask for is there</param>
    public ServiceScene(bool storage = true)
    {
        _scene.World.Vault.AddItemsOfPeople(new Dictionary<string, string>());
        _scene.Foundation(Infra);
        _scene.BootstrapFlux(Infra);
        _scene.Release(Infra, "60-platform");
        Until(() => Infra.Objects.View(new ObjectKey("v1", "Namespace", "", "security")) is not null);
        _scene.ConnectToken(Infra);

        foreach (var phase in new[] { "61-external-secrets", "63-cert-manager", "70-operators" })
            _scene.Release(Infra, phase);

        if (storage)
            Storage();

        Until(() => _scene.IsReconciled(Infra));
    }

    public TwinWorld World => _scene.World;

    public Faults Faults => _scene.Faults;

    public TwinCluster Infra => _scene.Infra;

    public void Storage() => _scene.Storage(Infra);

    /// <summary>Applies files of the shipped tree: "databases/cloudnativepg/cluster/cluster.yaml".</summary>
    public void Apply(params string[] files)
    {
        foreach (var file in files)
            _scene.Apply(Infra, _scene.File($"{Tree}/{file}"));
    }

    public void ApplyText(string yaml) => _scene.Apply(Infra, yaml);

    public void Postgres() =>
        Apply(
            "databases/cloudnativepg/cluster/externalsecrets.yaml",
            "databases/cloudnativepg/cluster/objectstore.yaml",
            "databases/cloudnativepg/cluster/cluster.yaml",
            "databases/cloudnativepg/cluster/scheduledbackup.yaml"
        );

    public void Databases() => Apply("databases/cloudnativepg/databases/databases.yaml");

    public void Pass(TimeSpan span) => _scene.Pass(span);

    public void Until(Func<bool> holds, string about = "") =>
        _scene.Until(holds, TimeSpan.FromMinutes(15)).ShouldNotBeNull($"{about}\n{_scene.Complaints(Infra)}");

    public JsonObject Get(string apiVersion, string kind, string ns, string name) =>
        Infra.Objects.View(new ObjectKey(apiVersion, kind, ns, name)).ShouldNotBeNull($"{kind} {ns}/{name}");

    /// <summary>The PostgreSQL cluster.</summary>
    public JsonObject Cluster => Get("postgresql.cnpg.io/v1", "Cluster", "databases", "postgres");

    public void PostgresBecomes(string phase) =>
        Until(() => Cluster.Text("status", "phase") == phase, $"wanted: {phase}, is: {Cluster["status"]}");

    public ExecAnswer Exec(string pod, params string[] command) =>
        Infra.Exec!(new ExecRequest("databases", pod, "postgres", command, "")).ShouldNotBeNull();
}
