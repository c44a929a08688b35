using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Mesh;
using PlatformBot.Sandbox.Twin.Services;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Applications;

/// <summary>The programs of GitLab: what keeps each from working, what they answer, and its console for Ruby.</summary>
/// <remarks>Fault "apps/gitlab-migrations": a migration waits for a lock until its time is over.</remarks>
internal sealed class GitLab(TwinWorld world)
{
    public const string Namespace = "gitlab";
    private const string Codebase = "codebase: 20260512093011";
    private readonly Backends _backends = new(world);

    public PodTrouble? Trouble(TwinCluster cluster, JsonObject pod) =>
        pod.Namespace() != Namespace
            ? null
            : pod.Label("app") switch
            {
                "migrations" => Migrations(cluster, pod),
                "webservice" or "sidekiq" => Waiting(cluster, pod) ?? Booting(cluster, pod),
                "registry" => Registry(cluster, pod),
                _ => null,
            };

    private PodTrouble? Migrations(TwinCluster cluster, JsonObject pod)
    {
        var database = Database(cluster, pod);
        var log =
            database is not null ? $"ActiveRecord::ConnectionNotEstablished: {database}"
            : world.Faults.Lasts($"{cluster.Name}/gitlab-migrations")
                ? "PG::LockNotAvailable: ERROR:  canceling statement due to lock timeout"
            : null;
        return log is null
            ? null
            : new PodTrouble("migrations", Crashes: true, $"rake aborted!\n{log}\nTasks: TOP => gitlab:db:configure");
    }

    /// <summary>An init container looks until the database is there and migrated; it is never heard again.</summary>
    private PodTrouble? Waiting(TwinCluster cluster, JsonObject pod)
    {
        if (pod.Holds("Initialized"))
            return null;

        var name = PodEnvironment.Of(cluster, pod, "PGDATABASE");

        // Before the containers start, only a native sidecar is there to carry anything into the mesh.
        if (!ProxyInjector.IsNative(pod) || Database(cluster, pod) is not null)
        {
            return new PodTrouble(
                "dependencies",
                Crashes: false,
                $"Checking: main\nDatabase Schema - main ({name}) - current: unknown, {Codebase}\nWARNING: Problem accessing main database ({name}). Confirm username, password, and permissions.\nChecking again in 3 seconds"
            );
        }

        return IsMigrated(cluster)
            ? null
            : new PodTrouble(
                "dependencies",
                Crashes: false,
                $"Checking: main\nDatabase Schema - main ({name}) - current: 0, {Codebase}\nNOTICE: Database has not been initialized yet.\nChecking again in 3 seconds"
            );
    }

    private PodTrouble? Booting(TwinCluster cluster, JsonObject pod) =>
        !pod.Holds("Ready") && Cache(cluster, pod) is { } log
            ? new PodTrouble(pod.Label("app"), Crashes: true, $"Redis::CannotConnectError: {log}")
            : null;

    private PodTrouble? Registry(TwinCluster cluster, JsonObject pod)
    {
        var settings = PodEnvironment.Of(cluster, pod, "REGISTRY_STORAGE");
        var endpoint = Setting(settings, "regionendpoint");
        var log = _backends.ObjectStore(
            cluster,
            pod,
            endpoint,
            Setting(settings, "accesskey"),
            Setting(settings, "bucket")
        );
        return settings.Length == 0 || log is null
            ? null
            : new PodTrouble(
                "registry",
                Crashes: false,
                $"level=error msg=\"health check failed\" error=\"storagedriver_s3_v2: {log}\""
            );
    }

    /// <summary>"accesskey: x" anywhere in a text of settings.</summary>
    private static string Setting(string text, string key) =>
        text.Split('\n')
            .Select(line => line.Trim().Split(": ", 2))
            .Where(pair => pair.Length == 2 && pair[0] == key)
            .Select(pair => pair[1].Trim('"'))
            .FirstOrDefault("");

    private string? Database(TwinCluster cluster, JsonObject pod) =>
        _backends.Postgres(
            cluster,
            pod,
            DatabaseLogin.Of(cluster, pod, "PGHOST", "PGUSER", "PGPASSWORD", "PGDATABASE")
        );

    private string? Cache(TwinCluster cluster, JsonObject pod) =>
        _backends.Redis(
            cluster,
            pod,
            PodEnvironment.Of(cluster, pod, "REDIS_HOST"),
            PodEnvironment.Of(cluster, pod, "REDIS_PASSWORD")
        );

    private static bool IsMigrated(TwinCluster cluster) =>
        cluster
            .Objects.View("batch/v1", "Job", Namespace)
            .Any(job => job.Label("app") == "migrations" && job.Holds("Complete"));

    /// <summary>True while people can work with it.</summary>
    public bool Serves(TwinCluster cluster) =>
        Pods.FirstReady(cluster, Namespace, "app", "webservice") is { } web
        && Database(cluster, web) is null
        && Cache(cluster, web) is null;

    /// <summary>True while it holds connections to a database of this name.</summary>
    public bool IsConnected(TwinCluster cluster, string database) =>
        Pods.FirstReady(cluster, Namespace, "app", "webservice") is { } web
        && PodEnvironment.Of(cluster, web, "PGDATABASE") == database
        && Database(cluster, web) is null;

    /// <summary>A runner that has signed in with a token that GitLab has given out.</summary>
    public bool HasRunner(TwinCluster cluster) =>
        Serves(cluster) && Pods.IsAvailable(cluster, "gitlab-runner", "gitlab-runner");

    /// <summary>gitlab-rails runner; null for other programs.</summary>
    public ExecAnswer? Exec(TwinCluster cluster, ExecRequest request)
    {
        if (request.Command is not ["gitlab-rails", "runner", var script] || request.Namespace != Namespace)
            return null;

        var pod = cluster.Objects.View(new ObjectKey("v1", "Pod", Namespace, request.Pod));

        if (pod is null || pod.Label("app") != "toolbox")
            return null;

        if (Database(cluster, pod) is { } database)
            return new ExecAnswer(1, "", $"{database} (ActiveRecord::ConnectionNotEstablished)\n");

        var said = script.Contains("version()", StringComparison.Ordinal) ? $"{PostgresPrograms.Version}\n" : "";

        if (script.Contains("Gitlab::Redis", StringComparison.Ordinal))
        {
            if (Cache(cluster, pod) is { } cache)
                return new ExecAnswer(1, said, $"{cache} (Redis::CannotConnectError)\n");

            said += "PONG\n";
        }

        if (script.Contains("Ci::Runner.online", StringComparison.Ordinal))
            said += HasRunner(cluster) ? "true\n" : "false\n";

        return new ExecAnswer(0, said, "");
    }

    /// <summary>What a pod of GitLab answers over HTTP; null for pods of others.</summary>
    public ServiceAnswer? Answer(TwinCluster cluster, JsonObject pod, string path)
    {
        if (pod.Namespace() != Namespace)
            return null;

        return (pod.Label("app"), path.Split('?')[0]) switch
        {
            ("webservice", "/-/readiness") => Readiness(cluster, pod),
            ("webservice", "/-/health") => new ServiceAnswer(200, "text/plain", "GitLab OK"),
            ("webservice", "/users/sign_in") => Database(cluster, pod) is null
                ? new ServiceAnswer(200, "text/html", "<title>Sign in · GitLab</title>")
                : new ServiceAnswer(500, "text/html", "<title>Something went wrong (500)</title>"),
            ("registry", _) => ServiceAnswer.Json(
                401,
                """{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}"""
            ),
            _ => null,
        };
    }

    private ServiceAnswer Readiness(TwinCluster cluster, JsonObject pod)
    {
        var cache = Cache(cluster, pod);
        var gitaly = cluster
            .Objects.View(new ObjectKey("apps/v1", "StatefulSet", Namespace, "gitlab-gitaly"))
            .Whole("status", "readyReplicas");
        (string Name, string? Trouble)[] checks =
        [
            ("master_check", null),
            ("db_check", Database(cluster, pod) is null ? null : "unexpected Db check result: 0"),
            ("cache_check", cache),
            ("queues_check", cache),
            ("sessions_check", cache),
            ("shared_state_check", cache),
            ("gitaly_check", gitaly > 0 ? null : "14:failed to connect to all addresses"),
        ];
        var well = Array.TrueForAll(checks, check => check.Trouble is null);
        var body = new JsonObject { ["status"] = well ? "ok" : "failed" };

        foreach (var (name, trouble) in checks)
        {
            body[name] = new JsonArray(
                trouble is null
                    ? Manifest.Map(("status", "ok"))
                    : Manifest.Map(("status", "failed"), ("message", trouble))
            );
        }

        return ServiceAnswer.Json(well ? 200 : 503, body);
    }
}
