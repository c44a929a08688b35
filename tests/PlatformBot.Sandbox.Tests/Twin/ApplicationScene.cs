using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin;
using Shouldly;

namespace PlatformBot.Sandbox.Tests.Twin;

/// <summary>
/// Both clusters with mesh and secrets, the services on infra and their mirrors on apps; tests install applications on apps from the shipped
/// tree.
/// </summary>
internal sealed class ApplicationScene
{
    private const string Tree = "kubernetes/workloads";
    private readonly PlatformScene _scene = new();

    public ApplicationScene()
    {
        _scene.World.Vault.AddItemsOfPeople(new Dictionary<string, string>());

        foreach (var cluster in World.Clusters.Values)
            _scene.BeforeStorage(cluster);

        Both("10-lb", "40-linkerd-namespaces");
        using var anchor = _scene.NewAnchor();
        _scene.TrustAnchor(_scene.Infra, anchor);
        _scene.TrustAnchor(Apps, anchor);
        Both("41-linkerd", "43-linkerd-multicluster");
        _scene.Link(_scene.Infra, Apps);
        Both("60-platform");
        _scene.ConnectToken(_scene.Infra);
        _scene.ConnectToken(Apps);
        Both("61-external-secrets", "63-cert-manager");
        Services();
        _scene.Storage(Apps);
        _scene.Release(Apps, "70-platform-tests");
        Reconciled();
    }

    public TwinWorld World => _scene.World;

    public Faults Faults => _scene.Faults;

    public TwinCluster Apps => _scene.Apps;

    public TwinCluster Infra => _scene.Infra;

    private void Services()
    {
        // What is mirrored needs its namespace on the other side, too.
        _scene.Apply(Apps, _scene.File("kubernetes/infrastructure/storage/rook-ceph/operator/namespace.yaml"));

        foreach (
            var phase in new[]
            {
                "50-snapshot-controller",
                "51-rook-operator",
                "52-rook-cluster",
                "70-operators",
                "71-postgres",
                "72-dragonfly",
                "73-object-store",
                "75-exports",
            }
        )
        {
            _scene.Release(_scene.Infra, phase);
        }

        Reconciled();
    }

    private void Both(params string[] phases)
    {
        foreach (var phase in phases)
        {
            foreach (var cluster in World.Clusters.Values)
                _scene.Release(cluster, phase);
        }

        Reconciled();
    }

    private void Reconciled() => Until(() => World.Clusters.Values.All(_scene.IsReconciled));

    /// <summary>A phase goes live on infra.</summary>
    public void Release(string phase)
    {
        _scene.Release(Infra, phase);
        Reconciled();
    }

    /// <summary>Somebody changes a file in Git.</summary>
    public void Change(string path, Func<string, string> change)
    {
        _scene.Commit(path, change(_scene.File(path)));
        Reconciled();
    }

    /// <summary>Applies files of the shipped applications: "gitlab/helmrelease.yaml".</summary>
    public void Install(params string[] files)
    {
        foreach (var file in files)
            _scene.Apply(Apps, _scene.File($"{Tree}/{file}"));
    }

    /// <summary>The same, as somebody has changed it.</summary>
    public void Install(string file, Func<string, string> change) =>
        _scene.Apply(Apps, change(_scene.File($"{Tree}/{file}")));

    /// <summary>Objects of a test, as the bot applies them.</summary>
    public void Smoke(string file) => _scene.Smoke(Apps, file);

    /// <summary>Applies a file of the shipped infrastructure on infra.</summary>
    public void Infrastructure(string file) =>
        _scene.Apply(_scene.Infra, _scene.File($"kubernetes/infrastructure/{file}"));

    public void StartNow(string cronJob) => _scene.StartNow(_scene.Infra, "rook-ceph", cronJob);

    public void ApplyText(string yaml) => _scene.Apply(Apps, yaml);

    public void Pass(TimeSpan span) => _scene.Pass(span);

    public void Until(Func<bool> holds, string about = "") =>
        _scene
            .Until(holds, TimeSpan.FromMinutes(40))
            .ShouldNotBeNull(
                $"{about}\n{_scene.Complaints(_scene.Infra)}\n{_scene.Complaints(Apps)}\n{string.Join('\n', Unwell())}"
            );

    /// <summary>Which pods are not well, and why: for a test's message.</summary>
    private IEnumerable<string> Unwell() =>
        Apps
            .Objects.View("v1", "Pod")
            .Where(pod => !Pods.IsReady(pod) && pod.Text("status", "phase") != "Succeeded")
            .Select(pod => $"{ObjectKey.Of(pod)}: {Apps.Trouble!(pod)?.Log} {pod["status"]?.ToJsonString()}");

    public JsonObject Get(string apiVersion, string kind, string ns, string name) =>
        Apps.Objects.View(new ObjectKey(apiVersion, kind, ns, name)).ShouldNotBeNull($"{kind} {ns}/{name}");

    /// <summary>What Flux says of a Helm release.</summary>
    public string ReleaseSays(string ns, string name) =>
        Get("helm.toolkit.fluxcd.io/v2", "HelmRelease", ns, name).Condition("Ready").Text("message");

    public bool IsReleased(string ns, string name) =>
        Get("helm.toolkit.fluxcd.io/v2", "HelmRelease", ns, name).Holds("Ready");

    /// <summary>`flux reconcile helmrelease --reset`</summary>
    public void Reset(string ns, string name) =>
        Apps.Objects.Update(
            new ObjectKey("helm.toolkit.fluxcd.io/v2", "HelmRelease", ns, name),
            json =>
            {
                json.Section("metadata", "annotations")["reconcile.fluxcd.io/requestedAt"] = $"{_scene.Now:O}";
                json.Section("metadata", "annotations")["reconcile.fluxcd.io/resetAt"] = $"{_scene.Now:O}";
            }
        );

    /// <summary>What the container of a pod with that label would log now.</summary>
    public string Log(string ns, string label, string value) =>
        Apps
            .Objects.View("v1", "Pod", ns)
            .Where(pod => pod.Text("metadata", "labels", label) == value)
            .Select(pod => Apps.Trouble!(pod)?.Log ?? "")
            .FirstOrDefault("no pod");

    public ExecAnswer Exec(string ns, string label, string value, params string[] command)
    {
        var pod = Apps.Objects.View("v1", "Pod", ns).First(one => one.Text("metadata", "labels", label) == value);
        return Apps.Exec!(new ExecRequest(ns, ObjectKey.Of(pod).Name, "", command, "")).ShouldNotBeNull();
    }

    /// <summary>An HTTP request from the meshed probe, as runbooks send it.</summary>
    public string Ask(string host, string path) =>
        Exec(
            "platform-tests",
            "app",
            "probe",
            "timeout",
            "10",
            "bash",
            "-c",
            $"exec 3<>/dev/tcp/{host}/80; printf 'GET {path} HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"
        ).Stdout;
}
