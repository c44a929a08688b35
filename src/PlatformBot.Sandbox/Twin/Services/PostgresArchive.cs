using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm.Charts;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>Whether what PostgreSQL writes arrives on the NAS.</summary>
/// <remarks>Fault "CLUSTER/nas-away".</remarks>
internal static class PostgresArchive
{
    public const string ApiVersion = $"{BarmanPluginChart.Group}/v1";

    /// <summary>The object store that the cluster archives to; null when it names none.</summary>
    public static ObjectKey? StoreOf(JsonObject postgres) =>
        postgres
            .Items("spec", "plugins")
            .Where(plugin => plugin.Text("name") == PostgresKinds.Plugin)
            .Select(plugin => plugin.Text("parameters", "barmanObjectName"))
            .FirstOrDefault()
            is { Length: > 0 } name
            ? new ObjectKey(ApiVersion, "ObjectStore", postgres.Namespace(), name)
            : null;

    /// <summary>Why a command of barman fails, in the words of the operator; null when it does not.</summary>
    /// <param name="command">barman-cloud-wal-archive or barman-cloud-backup</param>
    public static string? Trouble(TwinWorld world, TwinCluster cluster, JsonObject postgres, string command)
    {
        const string Rpc = "rpc error: code = Unknown desc =";

        if (StoreOf(postgres) is not { } key || !PostgresKinds.PluginRuns(cluster))
            return $"{Rpc} requested plugin is not available: {PostgresKinds.Plugin}";

        if (cluster.Objects.View(key) is not { } store)
            return $"{Rpc} objectstores.barmancloud.cnpg.io \"{key.Name}\" not found";

        var reference = store.At("spec", "configuration", "s3Credentials", "secretAccessKey");
        var given = SecretText.Of(cluster.Objects, key.Namespace, reference.Text("name"), reference.Text("key"));

        if (given is null)
            return $"{Rpc} while getting secret {reference.Text("name")}: secrets \"{reference.Text("name")}\" not found";

        var accepted = given == world.Vault.ValueOf("nas-s3-cnpg", "secret-key");
        var (word, code) = command.EndsWith("archive", StringComparison.Ordinal) ? (command, 2) : (command, 4);
        return accepted && !world.Faults.Lasts($"{cluster.Name}/nas-away")
            ? null
            : $"{Rpc} unexpected failure invoking {word}: exit status {code}";
    }
}
