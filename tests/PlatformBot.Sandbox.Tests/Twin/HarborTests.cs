using PlatformBot.Sandbox.Twin;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Twin;

/// <summary>Harbor from the shipped tree: healthy is not yet usable.</summary>
public sealed class HarborTests
{
    private const string Host = "harbor.harbor.svc.cluster.local";
    private readonly ApplicationScene _scene = new();

    [Fact]
    public void Without_its_database_the_core_does_not_start_and_with_it_every_part_is_healthy()
    {
        _scene.Faults.Arm("apps/mesh-link");
        Installed();
        _scene.Pass(TimeSpan.FromMinutes(1));
        _scene.Log("harbor", "component", "core").ShouldContain("failed to initialize database: register db");

        _scene.Faults.Clear("apps/mesh-link");
        _scene.Until(() => _scene.IsReleased("harbor", "harbor"));
        _scene.Ask(Host, "/api/v2.0/health").ShouldContain("\"status\":\"healthy\",\"components\"");
        _scene.Ask(Host, "/api/v2.0/systeminfo").ShouldContain("\"auth_mode\":\"oidc_auth\"");
        _scene.Ask(Host, "/v2/").ShouldContain("401");
    }

    [Fact]
    public void While_Keycloak_is_not_there_nobody_can_sign_in_although_all_is_healthy()
    {
        Installed();
        _scene.Until(() => _scene.IsReleased("harbor", "harbor"));

        _scene.Ask(Host, "/api/v2.0/health").ShouldContain("\"status\":\"healthy\",\"components\"");
        _scene.Ask(Host, "/c/oidc/login").ShouldContain("lookup sso.monosense.io: no such host");
    }

    [Fact]
    public void With_another_applications_key_it_is_healthy_and_keeps_nothing()
    {
        _scene.Install(
            "harbor/externalsecrets.yaml",
            text => text.Replace("key: object-store-harbor,", "key: nas-s3-cnpg,", StringComparison.Ordinal)
        );
        _scene.Install("harbor/helmrelease.yaml", "harbor/httproute.yaml");
        _scene.Until(() => _scene.IsReleased("harbor", "harbor"));
        _scene.Ask(Host, "/api/v2.0/health").ShouldContain("\"status\":\"healthy\",\"components\"");
        Gateway();
        _scene.Until(() => Pushed().Contains("status code", StringComparison.Ordinal));

        Pushed()
            .ShouldContain(
                "response status code 500: unknown: unknown error: map[DriverName:s3aws Enclosed:InvalidAccessKeyId"
            );
    }

    [Fact]
    public void Without_the_Gateway_nobody_pushes()
    {
        Installed();
        _scene.Until(() => _scene.IsReleased("harbor", "harbor"));
        _scene.Until(() => Pushed().Length > 0);

        Pushed().ShouldContain("connect: connection refused");
    }

    private void Installed() =>
        _scene.Install("harbor/externalsecrets.yaml", "harbor/helmrelease.yaml", "harbor/httproute.yaml");

    private void Gateway() =>
        _scene.ApplyText(
            "{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: cilium-gateway-external, namespace: kube-system}, spec: {gatewayClassName: cilium, listeners: [{name: https, protocol: HTTP, port: 80}]}}"
        );

    /// <summary>What the test of pushing and pulling is told; "" when all is well.</summary>
    private string Pushed()
    {
        if (_scene.Apps.Objects.View(new ObjectKey("batch/v1", "Job", "harbor", "push-and-pull")) is null)
            _scene.Smoke("harbor-push.yaml");

        return
            _scene.Log("harbor", "batch.kubernetes.io/job-name", "push-and-pull") is { Length: > 0 } log
            && log != "no pod"
            ? log
            : "";
    }
}
