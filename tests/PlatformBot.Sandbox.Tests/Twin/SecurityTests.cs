using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Flux;
using PlatformBot.Sandbox.Twin.Security;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Twin;

/// <summary>Secrets, certificates, the Gateway and public names, from the shipped tree, in the right order and in wrong ones.</summary>
public sealed class SecurityTests
{
    private static readonly ObjectKey Store = new(SecretStoreLaw.ApiVersion, "ClusterSecretStore", "", "onepassword");
    private static readonly ObjectKey Wildcard = new(
        ClusterIssuerLaw.ApiVersion,
        "Certificate",
        "kube-system",
        "wildcard-monosense-io"
    );
    private static readonly ObjectKey Gateway = new(
        "gateway.networking.k8s.io/v1",
        "Gateway",
        "kube-system",
        "cilium-gateway-external"
    );

    private readonly PlatformScene _scene = new();

    private TwinCluster Infra => _scene.Infra;

    [Fact]
    public void The_shipped_tree_brings_secrets_a_certificate_an_address_and_names()
    {
        Prepare();
        ReleaseAll();

        Gateway.Of(Infra).Items("status", "addresses").Single().Text("value").ShouldBe("10.25.11.120");
        Listener("https", "ResolvedRefs").ShouldBe("True");
        var tunnel = _scene.World.Vault.ValueOf("cloudflare", "tunnel-infra-id");
        _scene.World.Zone.Find("external-infra.monosense.io")!.Target.ShouldBe($"{tunnel}.cfargotunnel.com");
        Pods.IsAvailable(Infra, "networking", "cloudflared").ShouldBeTrue();
    }

    [Fact]
    public void Without_the_Connect_token_the_store_says_which_secret_it_wants()
    {
        Prepare(token: false);
        Release("60-platform", "61-external-secrets");

        Becomes(Store, "Ready", "False");
        Store.Of(Infra).Condition("Ready").Text("reason").ShouldBe("InvalidProviderConfig");
        Said(Store).ShouldContain("secrets \"onepassword-connect-token\" not found");

        _scene.ConnectToken(Infra);
        Becomes(Store, "Ready", "True");
    }

    [Fact]
    public void A_token_that_Connect_does_not_know_is_refused()
    {
        Prepare(token: false);
        Release("60-platform");
        Reconciled();
        _scene.ConnectToken(Infra, "not-the-token");
        Release("61-external-secrets");

        Becomes(Store, "Ready", "False");
        Said(Store).ShouldBe("unable to validate store: status 401: Invalid bearer token");
    }

    [Fact]
    public void An_item_that_nobody_made_is_named_and_read_as_soon_as_it_is_there()
    {
        _scene.Faults.Arm("op/item-missing/cloudflare");
        Prepare();
        Release("60-platform", "61-external-secrets", "63-cert-manager", "64-issuers");
        var key = new ObjectKey(SecretStoreLaw.ApiVersion, "ExternalSecret", "cert-manager", "cloudflare-api-token");

        Becomes(key, "Ready", "False");
        key.Of(Infra).Condition("Ready").Text("reason").ShouldBe("SecretSyncedError");
        Said(key)
            .ShouldBe(
                "error processing spec.data[0] (key: cloudflare), err: key not found in 1Password Vaults: cloudflare in: map[Infra:1]"
            );

        _scene.Faults.Clear("op/item-missing/cloudflare");
        Becomes(key, "Ready", "True");
        Reconciled();
    }

    [Fact]
    public void While_Connect_is_away_what_was_read_stays_and_nothing_new_is_read()
    {
        Prepare();
        Release("60-platform", "61-external-secrets", "63-cert-manager", "64-issuers");
        Reconciled();
        _scene.Faults.Arm("infra/connect-away");
        Release("65-gateway", "66-cloudflared");
        var old = new ObjectKey(SecretStoreLaw.ApiVersion, "ExternalSecret", "cert-manager", "cloudflare-api-token");
        var fresh = old with { Namespace = "networking", Name = "cloudflared" };

        Becomes(fresh, "Ready", "False");
        Said(fresh).ShouldContain("connection refused");
        old.Of(Infra).Holds("Ready").ShouldBeTrue();

        _scene.Faults.Clear("infra/connect-away");
        Becomes(fresh, "Ready", "True");
        Reconciled();
    }

    [Fact]
    public void A_token_that_Cloudflare_refuses_stops_at_staging_and_heals()
    {
        _scene.Faults.Arm("infra/dns-token-invalid");
        Prepare();
        Release("60-platform", "61-external-secrets", "63-cert-manager", "64-issuers");
        var smoke = Wildcard with { Namespace = "cert-manager", Name = "issuer-smoke" };

        Becomes(smoke, "Issuing", "True");
        _scene.Pass(TimeSpan.FromMinutes(3));
        smoke.Of(Infra).Holds("Ready").ShouldBeFalse();
        Infra
            .Objects.View("acme.cert-manager.io/v1", "Challenge")
            .ShouldHaveSingleItem()
            .Text("status", "reason")
            .ShouldContain("Error: 9109: Invalid access token");

        _scene.Faults.Clear("infra/dns-token-invalid");
        Becomes(smoke, "Ready", "True");
        Infra.Objects.View("acme.cert-manager.io/v1", "Challenge").ShouldBeEmpty();
    }

    [Fact]
    public void A_Gateway_without_its_certificate_is_programmed_but_its_listener_is_not()
    {
        Prepare();
        _scene.Apply(
            Infra,
            _scene
                .File("kubernetes/infrastructure/networking/gateway/gateway.yaml")
                .Replace("${GATEWAY_ADDRESS}", "10.25.11.120", StringComparison.Ordinal)
        );

        Becomes(Gateway, "Programmed", "True");
        Listener("https", "ResolvedRefs").ShouldBe("False");
        Listener("http", "Programmed").ShouldBe("True");
    }

    [Fact]
    public void A_Gateway_that_asks_for_an_address_outside_the_pool_waits_for_one()
    {
        Prepare();
        _scene.Apply(
            Infra,
            _scene
                .File("kubernetes/infrastructure/networking/gateway/gateway.yaml")
                .Replace("${GATEWAY_ADDRESS}", "10.25.11.210", StringComparison.Ordinal)
        );

        Becomes(Gateway, "Accepted", "True");
        _scene.Pass(TimeSpan.FromMinutes(1));
        Gateway.Of(Infra).Condition("Programmed").Text("reason").ShouldBe("AddressNotAssigned");
    }

    [Fact]
    public void An_expired_certificate_says_so_and_is_renewed_when_that_is_possible_again()
    {
        Prepare();
        ReleaseAll();
        _scene.Faults.Arm("infra/certificate-expired");

        Becomes(Wildcard, "Ready", "False");
        Wildcard.Of(Infra).Condition("Ready").Text("reason").ShouldBe("Expired");
        Said(Wildcard).ShouldStartWith("Certificate expired on ");

        _scene.Faults.Clear("infra/certificate-expired");
        Becomes(Wildcard, "Ready", "True");
        Timestamp.Read(Wildcard.Of(Infra).Text("status", "notAfter"))!.Value.ShouldBeGreaterThan(_scene.Now);
    }

    [Fact]
    public void One_cluster_leaves_the_records_of_the_other_alone()
    {
        var zone = new DnsZone();
        zone.Sync("k8s-apps", [new DnsRecord("git.monosense.io", "CNAME", "external-apps.monosense.io", "k8s-apps")]);
        zone.Sync(
            "k8s-infra",
            [new DnsRecord("git.monosense.io", "CNAME", "external-infra.monosense.io", "k8s-infra")]
        );
        zone.Sync("k8s-infra", []);

        zone.Find("git.monosense.io")!.Target.ShouldBe("external-apps.monosense.io");
    }

    [Fact]
    public void A_chart_tag_that_was_never_pushed_is_unknown_to_the_registry()
    {
        Prepare();
        const string file = "kubernetes/infrastructure/sources-platform/ocirepositories.yaml";
        _scene.Commit(file, _scene.File(file).Replace("\"2.6.0\"", "\"9.9.9\"", StringComparison.Ordinal));
        Release("60-platform");
        var key = new ObjectKey(FluxKinds.Source, "OCIRepository", "flux-system", "external-secrets");

        Becomes(key, "Ready", "False");
        Said(key).ShouldEndWith("/manifests/9.9.9: MANIFEST_UNKNOWN: manifest unknown");
    }

    private void Prepare(bool token = true)
    {
        _scene.World.Vault.AddItemsOfPeople(new Dictionary<string, string>());
        _scene.Foundation(Infra);
        _scene.BootstrapFlux(Infra);
        _scene.Release(Infra, "10-lb");

        if (!token)
            return;

        _scene.Apply(Infra, "{apiVersion: v1, kind: Namespace, metadata: {name: external-secrets}}");
        _scene.ConnectToken(Infra);
    }

    private void ReleaseAll()
    {
        Release(
            "60-platform",
            "61-external-secrets",
            "63-cert-manager",
            "64-issuers",
            "65-gateway",
            "66-cloudflared",
            "67-external-dns"
        );
        Reconciled();
        _scene.Pass(TimeSpan.FromMinutes(1));
    }

    private void Release(params string[] phases)
    {
        foreach (var phase in phases)
            _scene.Release(Infra, phase);
    }

    private void Reconciled() =>
        _scene
            .Until(() => _scene.IsReconciled(Infra), TimeSpan.FromMinutes(30))
            .ShouldNotBeNull(_scene.Complaints(Infra));

    private void Becomes(ObjectKey key, string condition, string status) =>
        _scene
            .Until(
                () => Infra.Objects.View(key)?.Condition(condition).Text("status") == status,
                TimeSpan.FromMinutes(15)
            )
            .ShouldNotBeNull($"{key}: {Infra.Objects.View(key)?["status"]}\n{_scene.Complaints(Infra)}");

    private string Said(ObjectKey key) => key.Of(Infra).Condition("Ready").Text("message");

    private string Listener(string name, string condition) =>
        new JsonObject
        {
            ["status"] = Gateway
                .Of(Infra)
                .Items("status", "listeners")
                .Single(listener => listener.Text("name") == name)
                .DeepClone(),
        }
            .Condition(condition)
            .Text("status");
}

file static class Looking
{
    public static JsonObject Of(this ObjectKey key, TwinCluster cluster) =>
        cluster.Objects.View(key).ShouldNotBeNull($"{key}");
}
