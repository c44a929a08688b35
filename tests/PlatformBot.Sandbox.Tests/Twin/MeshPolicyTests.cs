using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Twin;

/// <summary>Linkerd's authorization as the shipped tree has it: in audit, enforced, and with a caller forgotten.</summary>
public sealed class MeshPolicyTests
{
    private const string Phase = "kubernetes/clusters/infra/phases/84-linkerd-policy.yaml";
    private const string Policy = "kubernetes/infrastructure/linkerd/policy/base/databases.yaml";
    private const string Gateway =
        "    - linkerd-gateway.linkerd-multicluster.serviceaccount.identity.linkerd.cluster.local   # everything on apps\n";

    [Fact]
    public void Audit_refuses_nobody_and_enforcing_refuses_whoever_is_not_named()
    {
        var scene = new ApplicationScene();
        scene.Release("84-linkerd-policy");
        FromApps(scene).Stdout.ShouldStartWith("PostgreSQL 17");
        FromOutside(scene).Stdout.ShouldBe("S");

        Enforce(scene);
        FromApps(scene).Stdout.ShouldStartWith("PostgreSQL 17");
        FromOutside(scene).Stdout.ShouldBe("", "it is not in the mesh, and nobody named it");

        // Whoever forgets the gateway cuts off all of apps, with PostgreSQL's words for a connection that is closed.
        scene.Change(Policy, text => text.Replace(Gateway, "", StringComparison.Ordinal));
        var cutOff = FromApps(scene);
        cutOff.ExitCode.ShouldBe(2);
        cutOff.Stderr.ShouldContain("server closed the connection unexpectedly");
        // Dragonfly has a list of its own.
        scene
            .Exec("platform-tests", "app", "probe", "timeout", "10", "bash", "-c", Redis)
            .Stdout.ShouldContain("NOAUTH");
    }

    private const string Redis = "exec 3<>/dev/tcp/dragonfly-infra.databases.svc.cluster.local/6379; head -n1 <&3";

    private static void Enforce(ApplicationScene scene) =>
        scene.Change(Phase, text => text.Replace("overlays/audit\n", "overlays/enforce\n", StringComparison.Ordinal));

    private static ExecAnswer FromApps(ApplicationScene scene) =>
        scene.Exec("platform-tests", "app", "probe", "psql", "-AtXc", "select version()");

    /// <summary>Ceph's toolbox asks PostgreSQL for TLS.</summary>
    private static ExecAnswer FromOutside(ApplicationScene scene)
    {
        var toolbox = scene
            .Infra.Objects.View("v1", "Pod", "rook-ceph")
            .First(pod => pod.Text("metadata", "labels", "app") == "rook-ceph-tools");
        const string script =
            @"exec 3<>/dev/tcp/postgres-rw.databases.svc.cluster.local/5432; printf '\0\0\0\10\4\322\26\57' >&3; head -c1 <&3; true";
        string[] command = ["timeout", "10", "bash", "-c", script];
        return scene.Infra.Exec!(new ExecRequest("rook-ceph", toolbox.Name(), "", command, "")).ShouldNotBeNull();
    }
}
