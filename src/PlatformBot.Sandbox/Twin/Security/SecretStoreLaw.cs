using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm.Charts;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Security;

/// <summary>External Secrets: ClusterSecretStores that lead to 1Password Connect.</summary>
/// <remarks>Fault: "CLUSTER/connect-away" keeps the Connect server from answering this cluster.</remarks>
internal sealed class SecretStoreLaw(TwinWorld world) : OperatorLaw(world, "external-secrets", "external-secrets")
{
    public const string ApiVersion = $"{ExternalSecretsChart.Group}/v1";

    protected override void Act(TwinCluster cluster)
    {
        foreach (var store in Due(cluster, ApiVersion, "ClusterSecretStore"))
            Validate(cluster, store);
    }

    private void Validate(TwinCluster cluster, JsonObject store)
    {
        var (reason, message) = Trouble(World, cluster, store) ?? ("Valid", "store validated");
        var valid = reason == "Valid";

        // A store that was valid is looked at again after a while only: it does not notice at once that Connect is away.
        Again(store, valid ? TimeSpan.FromMinutes(5) : TimeSpan.FromSeconds(5));
        cluster.Objects.Update(
            ObjectKey.Of(store),
            json =>
            {
                json.Section("status")["capabilities"] = "ReadWrite";
                Conditions.Set(json, Clock, "Ready", valid, reason, message);
            }
        );

        if (!valid)
            EventLog.Record(cluster, store, "cluster-secret-store", reason, message, isWarning: true);
    }

    /// <summary>Why nothing can be read through the store; null when it can.</summary>
    public static (string Reason, string Message)? Trouble(TwinWorld world, TwinCluster cluster, JsonObject store)
    {
        var reference = store.At("spec", "provider", "onepassword", "auth", "secretRef", "connectTokenSecretRef");
        var (ns, name, key) = (reference.Text("namespace"), reference.Text("name"), reference.Text("key"));
        var token = SecretText.Of(cluster.Objects, ns, name, key);

        if (token is null)
        {
            var found = cluster.Objects.View(new ObjectKey("v1", "Secret", ns, name)) is not null;
            return (
                "InvalidProviderConfig",
                found
                    ? $"unable to create client: cannot find secret data for key: \"{key}\""
                    : $"unable to create client: cannot get Kubernetes secret \"{name}\" from namespace \"{ns}\": secrets \"{name}\" not found"
            );
        }

        return Unreachable(world, cluster, store) is { } trouble
                ? ("ValidationFailed", $"unable to validate store: {trouble}")
            : token != world.Vault.ValueOf("onepassword-connect", "token")
                ? ("ValidationFailed", "unable to validate store: status 401: Invalid bearer token")
            : null;
    }

    /// <summary>Why Connect does not answer, as Go words it; null when it does.</summary>
    private static string? Unreachable(TwinWorld world, TwinCluster cluster, JsonObject store)
    {
        var url = store.Text("spec", "provider", "onepassword", "connectHost");
        var host = Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.Host : url;

        return !Pods.HaveDns(cluster) ? $"Get \"{url}/v1/vaults\": dial tcp: lookup {host}: i/o timeout"
            : world.Faults.Lasts($"{cluster.Name}/connect-away")
                ? $"Get \"{url}/v1/vaults\": dial tcp 10.25.11.4:443: connect: connection refused"
            : null;
    }
}
