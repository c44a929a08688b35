using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>The Keycloak operator, which looks at its own namespace only: a StatefulSet and a Service for each Keycloak, and realms imported once.</summary>
internal sealed class KeycloakLaw(TwinWorld world) : OperatorLaw(world, Keycloak.Namespace, "keycloak-operator")
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Import = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, DateTimeOffset> _importing = [];

    protected override void Act(TwinCluster cluster)
    {
        foreach (var keycloak in Due(cluster, Keycloak.ApiVersion, "Keycloak", Look).Where(IsOwn))
            Keep(cluster, keycloak);

        foreach (var realm in Due(cluster, Keycloak.ApiVersion, "KeycloakRealmImport", Look).Where(IsOwn))
        {
            if (!realm.Holds("Done"))
                Advance(cluster, realm);
        }
    }

    private static bool IsOwn(JsonObject json) => json.Namespace() == Keycloak.Namespace;

    private void Keep(TwinCluster cluster, JsonObject keycloak)
    {
        var key = new ObjectKey("apps/v1", "StatefulSet", keycloak.Namespace(), keycloak.Name());

        if (cluster.Objects.View(key) is null)
            Make(cluster, keycloak);

        var wanted = keycloak.Whole("spec", "instances") ?? 1;
        var ready = cluster.Objects.View(key).Whole("status", "readyReplicas") ?? 0;
        cluster.Objects.Update(
            ObjectKey.Of(keycloak),
            json =>
            {
                json.Section("status")["instances"] = ready;
                json.Section("status")["observedGeneration"] = json.Whole("metadata", "generation");
                var message = ready >= wanted ? "" : "Waiting for more replicas";
                Conditions.Set(json, Clock, "Ready", ready >= wanted, "", message);
                Conditions.Set(json, Clock, "HasErrors", holds: false, "");
                Conditions.Set(json, Clock, "RollingUpdate", holds: false, "");
            }
        );
    }

    private static void Make(TwinCluster cluster, JsonObject keycloak)
    {
        var labels = Manifest.Map(
            ("app", "keycloak"),
            ("app.kubernetes.io/instance", keycloak.Name()),
            ("app.kubernetes.io/managed-by", "keycloak-operator"),
            ("app.kubernetes.io/name", "keycloak")
        );
        var (user, password) = (
            keycloak.At("spec", "db", "usernameSecret"),
            keycloak.At("spec", "db", "passwordSecret")
        );
        var set = new Workload(
            "StatefulSet",
            keycloak.Namespace(),
            keycloak.Name(),
            "keycloak",
            $"keycloak={keycloak.Text("spec", "image")}"
        )
        {
            Labels = labels,
            Replicas = (int)(keycloak.Whole("spec", "instances") ?? 1),
            PodAnnotations = keycloak.MappingAt("spec.unsupported.podTemplate.metadata.annotations"),
            SecretEnv =
            [
                ("KC_DB_USERNAME", user.Text("name"), user.Text("key")),
                ("KC_DB_PASSWORD", password.Text("name"), password.Text("key")),
                ("KC_BOOTSTRAP_ADMIN_PASSWORD", keycloak.Text("spec", "bootstrapAdmin", "user", "secret"), "password"),
            ],
        }.ToJson();
        set["spec"]!["podManagementPolicy"] = "Parallel";
        Applier.Apply(cluster, set.OwnedBy(keycloak));
        MakeService(cluster, keycloak, labels);
    }

    private static void MakeService(TwinCluster cluster, JsonObject keycloak, JsonObject labels)
    {
        var service = Manifest.Service(
            keycloak.Namespace(),
            $"{keycloak.Name()}-service",
            labels,
            ("http", 8080),
            ("management", 9000)
        );
        Applier.Apply(cluster, service.OwnedBy(keycloak));
    }

    private void Advance(TwinCluster cluster, JsonObject realm)
    {
        var trouble = Trouble(cluster, realm);
        var started = trouble is null && !_importing.TryAdd(realm.Uid(), Now);
        var done = started && Now - _importing[realm.Uid()] >= Import;
        cluster.Objects.Update(
            ObjectKey.Of(realm),
            json =>
            {
                Conditions.Set(json, Clock, "Started", trouble is null, "");
                Conditions.Set(json, Clock, "Done", done, "");
                Conditions.Set(json, Clock, "HasErrors", trouble is not null, "", trouble ?? "");
            }
        );
    }

    private static string? Trouble(TwinCluster cluster, JsonObject realm)
    {
        var name = realm.Text("spec", "keycloakCRName");
        var keycloak = cluster.Objects.View(new ObjectKey(Keycloak.ApiVersion, "Keycloak", realm.Namespace(), name));

        if (keycloak?.Holds("Ready") is not true)
            return $"Waiting for Keycloak Deployment \"{name}\" to be ready";

        var missing = (realm.At("spec", "placeholders") as JsonObject ?? [])
            .Select(pair => pair.Value.Text("secret", "name"))
            .FirstOrDefault(secret =>
                cluster.Objects.View(new ObjectKey("v1", "Secret", realm.Namespace(), secret)) is null
            );
        return missing is null ? null : $"Secret {missing} was not found";
    }
}
