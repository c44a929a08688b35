using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Mesh;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Applications;

/// <summary>Mattermost's server: it waits for its database, and runs without its file store, which only its ping tells.</summary>
/// <remarks>Fault "apps/mattermost-files": the object store refuses Mattermost's key.</remarks>
internal sealed class Mattermost(TwinWorld world)
{
    public const string Namespace = "mattermost";
    private readonly Backends _backends = new(world);

    public PodTrouble? Trouble(TwinCluster cluster, JsonObject pod)
    {
        if (pod.Namespace() != Namespace || pod.Label("app") != "mattermost" || pod.Holds("Initialized"))
            return null;

        var trouble = ProxyInjector.IsNative(pod)
            ? Database(cluster, pod)
            : "server closed the connection unexpectedly";
        return trouble is null
            ? null
            : new PodTrouble(
                "init-check-database",
                Crashes: false,
                $"database is not ready: failed to ping DB: {trouble}"
            );
    }

    private string? Database(TwinCluster cluster, JsonObject pod)
    {
        var text = PodEnvironment.Of(cluster, pod, "MM_CONFIG");

        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri.UserInfo.Split(':') is not [var user, var password]
        )
        {
            return "invalid DSN";
        }

        return _backends.Postgres(
            cluster,
            pod,
            new DatabaseLogin(uri.Host, user, Uri.UnescapeDataString(password), uri.AbsolutePath.TrimStart('/'))
        );
    }

    private string? Files(TwinCluster cluster, JsonObject pod) =>
        world.Faults.Lasts($"{cluster.Name}/mattermost-files")
            ? "InvalidAccessKeyId: The Access Key Id you provided does not exist in our records."
            : _backends.ObjectStore(
                cluster,
                pod,
                PodEnvironment.Of(cluster, pod, "MM_FILESETTINGS_AMAZONS3ENDPOINT"),
                PodEnvironment.Of(cluster, pod, "MM_FILESETTINGS_AMAZONS3ACCESSKEYID"),
                PodEnvironment.Of(cluster, pod, "MM_FILESETTINGS_AMAZONS3BUCKET")
            );

    public bool IsConnected(TwinCluster cluster, string database) =>
        Pods.FirstReady(cluster, Namespace, "app", "mattermost") is { } server
        && PodEnvironment.Of(cluster, server, "MM_CONFIG").Contains($"/{database}?", StringComparison.Ordinal)
        && Database(cluster, server) is null;

    /// <summary>True while people can sign up: it writes them down in its database.</summary>
    public bool TakesAccounts(TwinCluster cluster) =>
        Pods.FirstReady(cluster, Namespace, "app", "mattermost") is { } server && Database(cluster, server) is null;

    /// <summary>What Mattermost answers over HTTP; null for pods of others.</summary>
    public ServiceAnswer? Answer(TwinCluster cluster, JsonObject pod, string path)
    {
        if (pod.Namespace() != Namespace || pod.Label("app") != "mattermost")
            return null;

        if (path.StartsWith("/api/v4/config/client", StringComparison.Ordinal))
        {
            var config = Manifest.Map(("NoAccounts", world.ChatHasAdministrator ? "false" : "true"));
            return ServiceAnswer.Json(200, config);
        }

        if (!path.StartsWith("/api/v4/system/ping", StringComparison.Ordinal))
            return new ServiceAnswer(200, "text/html", "<title>Mattermost</title>");

        var (database, files) = (Database(cluster, pod) is null, Files(cluster, pod) is null);
        var body = Manifest.Map(("AndroidLatestVersion", ""), ("status", "OK"));

        if (path.Contains("get_server_status=true", StringComparison.Ordinal))
        {
            body["database_status"] = database ? "OK" : "UNHEALTHY";
            body["filestore_status"] = files ? "OK" : "UNHEALTHY";
            body["status"] = database && files ? "OK" : "UNHEALTHY";
        }

        return ServiceAnswer.Json(body.Text("status") == "OK" ? 200 : 500, body);
    }
}
