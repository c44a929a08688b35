using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Helm;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Twin;

/// <summary>PostgreSQL, Dragonfly and Keycloak from the shipped tree, in the right order and in wrong ones.</summary>
public sealed class ServiceTests
{
    private const string Healthy = "Cluster in healthy state";

    [Fact]
    public void PostgreSQL_comes_up_one_instance_after_the_other_on_three_nodes()
    {
        var scene = new ServiceScene();
        scene.Postgres();
        scene.PostgresBecomes("Setting up primary");
        scene.PostgresBecomes("Creating a new replica");
        scene.PostgresBecomes(Healthy);

        var pods = scene.Infra.Objects.View("v1", "Pod", "databases");
        pods.Select(pod => pod.Text("spec", "nodeName")).Distinct().Count().ShouldBe(3);
        scene.Cluster.Text("status", "currentPrimary").ShouldBe("postgres-1");
        scene.Cluster.Holds("ContinuousArchiving").ShouldBeTrue();
        scene
            .Cluster.At("status", "managedRolesStatus", "byStatus", "reconciled")!
            .ToJsonString()
            .ShouldContain("platform_probe");
    }

    [Fact]
    public void Without_its_StorageClass_PostgreSQL_waits_for_a_volume_and_goes_on_when_it_is_there()
    {
        var scene = new ServiceScene(storage: false);
        scene.Postgres();
        scene.PostgresBecomes("Setting up primary");
        scene.Pass(TimeSpan.FromMinutes(1));

        scene.Get("v1", "PersistentVolumeClaim", "databases", "postgres-1").Text("status", "phase").ShouldBe("Pending");
        Events(scene, "databases").ShouldContain("storageclass.storage.k8s.io \"rook-ceph-block\" not found");

        scene.Storage();
        scene.PostgresBecomes(Healthy);
    }

    [Fact]
    public void Without_the_backup_plugin_the_operator_does_not_begin()
    {
        var scene = new ServiceScene();
        scene.Infra.Objects.Update(
            new ObjectKey("apps/v1", "Deployment", "cnpg-system", "barman-cloud"),
            json => json["spec"]!["replicas"] = 0
        );
        scene.Pass(TimeSpan.FromSeconds(30));
        scene.Postgres();

        scene.PostgresBecomes("Cluster cannot proceed to reconciliation due to an unknown plugin being required");
    }

    [Fact]
    public void The_backup_plugin_cannot_be_installed_before_cert_manager()
    {
        var scene = new PlatformScene();
        scene.Apply(scene.Infra, "{apiVersion: v1, kind: Namespace, metadata: {name: cnpg-system}}");

        Should
            .Throw<HelmException>(() => scene.Helm(scene.Infra, "plugin-barman-cloud", "cnpg-system", "0.7.0"))
            .Message.ShouldContain("no matches for kind \"Issuer\" in version \"cert-manager.io/v1\"");
    }

    [Fact]
    public void A_replica_takes_over_when_the_primary_is_lost_and_the_lost_one_comes_back_as_replica()
    {
        var scene = new ServiceScene();
        scene.Postgres();
        scene.PostgresBecomes(Healthy);
        scene.Faults.Arm("infra/postgres-primary-lost");
        Kill(scene, "postgres-1");

        scene.PostgresBecomes("Failing over");
        scene.Cluster.Text("status", "phaseReason").ShouldBe("Failing over from postgres-1 to postgres-2");
        scene.Until(() => scene.Cluster.Text("status", "currentPrimary") == "postgres-2");
        scene.Exec("postgres-2", "psql", "-AtXc", "create table t (i int)").ExitCode.ShouldBe(0);
        scene
            .Exec("postgres-3", "psql", "-AtXc", "create table t (i int)")
            .Stderr.ShouldBe("ERROR:  cannot execute CREATE TABLE in a read-only transaction\n");
        scene.Cluster.Holds("Ready").ShouldBeFalse();

        scene.Faults.Clear("infra/postgres-primary-lost");
        scene.PostgresBecomes(Healthy);
        scene.Cluster.Text("status", "currentPrimary").ShouldBe("postgres-2");
    }

    [Fact]
    public void A_database_waits_for_its_owner()
    {
        var scene = new ServiceScene();
        scene.Faults.Arm("op/item-missing/postgres-harbor");
        scene.Postgres();
        scene.Databases();
        scene.PostgresBecomes(Healthy);
        scene.Pass(TimeSpan.FromSeconds(30));

        Database(scene, "keycloak").ShouldBe((true, ""));
        Database(scene, "harbor")
            .ShouldBe(
                (false, "while creating database \"registry\": ERROR: role \"harbor\" does not exist (SQLSTATE 42704)")
            );

        scene.Faults.Clear("op/item-missing/postgres-harbor");
        scene.Until(() => Database(scene, "harbor").Applied);
        scene
            .Exec("postgres-1", "psql", "-AtXc", "select datname from pg_database where not datistemplate")
            .Stdout.ShouldContain("registry:harbor\n");
    }

    [Fact]
    public void While_the_NAS_is_away_nothing_is_archived_and_a_backup_fails()
    {
        var scene = new ServiceScene();
        scene.Faults.Arm("infra/nas-away");
        scene.Postgres();
        scene.PostgresBecomes(Healthy);

        scene
            .Cluster.Condition("ContinuousArchiving")
            .Text("message")
            .ShouldBe(
                "rpc error: code = Unknown desc = unexpected failure invoking barman-cloud-wal-archive: exit status 2"
            );
        scene.Until(() => Backups(scene) is ["failed"]);

        scene.Faults.Clear("infra/nas-away");
        scene.Until(() => scene.Cluster.Holds("ContinuousArchiving"));
        scene.ApplyText(
            "{apiVersion: postgresql.cnpg.io/v1, kind: Backup, metadata: {name: again, namespace: databases}, spec: {cluster: {name: postgres}, method: plugin}}"
        );
        scene.Until(() => Backups(scene).Contains("completed"));
        scene
            .Get("barmancloud.cnpg.io/v1", "ObjectStore", "databases", "nas")
            .Text("status", "serverRecoveryWindow", "postgres", "firstRecoverabilityPoint")
            .ShouldNotBeEmpty();
    }

    [Fact]
    public void Dragonfly_has_one_master_which_its_Service_follows()
    {
        var scene = new ServiceScene();
        scene.Apply("databases/dragonfly/instance/dragonfly.yaml");
        scene.Until(() => Phase(scene) == "Ready");

        var service = scene.Get("v1", "Service", "databases", "dragonfly");
        Pods.Behind(scene.Infra, service).ShouldHaveSingleItem();
        service.Text("metadata", "labels", "mirror.linkerd.io/exported").ShouldBe("true");
    }

    [Fact]
    public void Dragonfly_without_its_password_is_never_ready()
    {
        var scene = new ServiceScene();
        scene.Faults.Arm("op/item-missing/dragonfly");
        scene.Apply("databases/dragonfly/instance/dragonfly.yaml");
        scene.Until(() => Phase(scene) == "Configuring");
        scene.Pass(TimeSpan.FromMinutes(2));

        Phase(scene).ShouldBe("Configuring");
        Events(scene, "databases").ShouldContain("secret \"dragonfly-auth\" not found");
    }

    [Fact]
    public void Keycloak_waits_for_its_database_and_then_imports_its_realm()
    {
        var scene = new ServiceScene();
        scene.Apply(
            "security/keycloak/instance/externalsecrets.yaml",
            "security/keycloak/instance/keycloak.yaml",
            "security/keycloak/realm/realm.yaml"
        );
        scene.Postgres();
        scene.PostgresBecomes(Healthy);
        scene.Pass(TimeSpan.FromMinutes(1));

        scene
            .Get("k8s.keycloak.org/v2alpha1", "Keycloak", "security", "keycloak")
            .Condition("Ready")
            .Text("message")
            .ShouldBe("Waiting for more replicas");
        Events(scene, "security").ShouldContain("Back-off restarting failed container keycloak");

        scene.Databases();
        scene.Until(() => scene.Get("k8s.keycloak.org/v2alpha1", "Keycloak", "security", "keycloak").Holds("Ready"));
        scene.Until(() =>
            scene.Get("k8s.keycloak.org/v2alpha1", "KeycloakRealmImport", "security", "platform").Holds("Done")
        );
        scene
            .Infra.ServiceProxy!(
                new ServiceRequest(
                    "security",
                    "keycloak-service",
                    "8080",
                    "GET",
                    "/realms/platform/.well-known/openid-configuration",
                    ""
                )
            )!
            .Body.ShouldContain("https://sso.monosense.io/realms/platform");
    }

    [Fact]
    public void The_operator_of_Keycloak_has_its_rights_in_its_own_namespace()
    {
        var scene = new ServiceScene();

        scene
            .Get("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "", "keycloak-operator-clusterrole-binding")
            .Items("subjects")
            .Single()
            .Text("namespace")
            .ShouldBe("security");
        Pods.IsAvailable(scene.Infra, "security", "keycloak-operator").ShouldBeTrue();
    }

    private static string Events(ServiceScene scene, string ns) =>
        string.Join('\n', scene.Infra.Objects.View("v1", "Event", ns).Select(one => one.Text("message")));

    private static void Kill(ServiceScene scene, string pod) =>
        scene.Infra.Objects.Delete(new ObjectKey("v1", "Pod", "databases", pod));

    private static (bool Applied, string Message) Database(ServiceScene scene, string name)
    {
        var database = scene.Get("postgresql.cnpg.io/v1", "Database", "databases", name);
        return (database.Is("status", "applied"), database.Text("status", "message"));
    }

    private static List<string> Backups(ServiceScene scene) =>
        [
            .. scene
                .Infra.Objects.View("postgresql.cnpg.io/v1", "Backup", "databases")
                .Select(one => one.Text("status", "phase")),
        ];

    private static string Phase(ServiceScene scene) =>
        scene.Get("dragonflydb.io/v1alpha1", "Dragonfly", "databases", "dragonfly").Text("status", "phase");
}
