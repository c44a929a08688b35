using PlatformBot.Sandbox.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Twin;

/// <summary>Mattermost from the shipped tree: stable is not yet whole.</summary>
public sealed class MattermostTests
{
    private const string Host = "mattermost.mattermost.svc.cluster.local";
    private const string Ping = "/api/v4/system/ping?get_server_status=true";
    private readonly ApplicationScene _scene = new();

    [Fact]
    public void It_waits_for_its_secrets_then_for_its_database_and_is_stable_in_the_end()
    {
        _scene.Faults.Arm("apps/mesh-link");
        Operator();
        _scene.Install("mattermost/app/mattermost.yaml");
        _scene.Until(() => Status("state") == "reconciling");
        Status("error").ShouldContain("secrets \"mattermost-db\" not found");

        _scene.Install("mattermost/app/externalsecrets.yaml");
        _scene.Until(() => Status("error") == "mattermost pods are not ready yet");
        _scene.Pass(TimeSpan.FromMinutes(1));
        _scene.Log("mattermost", "app", "mattermost").ShouldContain("database is not ready: failed to ping DB");
        Status("state").ShouldBe("reconciling");

        _scene.Faults.Clear("apps/mesh-link");
        _scene.Until(() => Status("state") == "stable");
        _scene.Ask(Host, Ping).ShouldContain("\"filestore_status\":\"OK\"");
    }

    [Fact]
    public void With_a_key_that_the_object_store_refuses_it_is_stable_and_only_its_ping_tells()
    {
        _scene.Faults.Arm("apps/mattermost-files");
        Operator();
        _scene.Install("mattermost/app/externalsecrets.yaml", "mattermost/app/mattermost.yaml");
        _scene.Until(() => Status("state") == "stable");

        _scene.Ask(Host, Ping).ShouldContain("\"database_status\":\"OK\",\"filestore_status\":\"UNHEALTHY\"");
    }

    [Fact]
    public void Its_kind_comes_with_its_operator() =>
        Should
            .Throw<InvalidOperationException>(() => _scene.Install("mattermost/app/mattermost.yaml"))
            .Message.ShouldBe("no matches for kind \"Mattermost\" in version \"installation.mattermost.com/v1beta1\"");

    [Fact]
    public void Only_whoever_signs_up_first_is_the_administrator()
    {
        Operator();
        _scene.Install("mattermost/app/externalsecrets.yaml", "mattermost/app/mattermost.yaml");
        _scene.World.People.SignUp();
        _scene.World.ChatHasAdministrator.ShouldBeFalse("nobody answers yet");
        _scene.Until(() => Status("state") == "stable");

        _scene.World.ChatHasAdministrator = true;
        _scene.World.People.SignUp();
        _scene.World.Vault.Find("Infra", "mattermost-admin").ShouldBeEmpty();

        _scene.World.ChatHasAdministrator = false;
        _scene.World.People.SignUp();
        _scene.World.Vault.Find("Infra", "mattermost-admin").Count.ShouldBe(1);
    }

    private void Operator()
    {
        _scene.Install("mattermost/operator/helmrelease.yaml");
        _scene.Until(() => _scene.IsReleased("mattermost-operator", "mattermost-operator"));
    }

    private string Status(string field) =>
        _scene
            .Get("installation.mattermost.com/v1beta1", "Mattermost", "mattermost", "mattermost")
            .Text("status", field);
}
