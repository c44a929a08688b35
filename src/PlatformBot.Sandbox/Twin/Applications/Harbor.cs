using System.Text.Json;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Services;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Applications;

/// <summary>The programs of Harbor: what keeps the core from starting, what it answers, and whether images can be put into it.</summary>
/// <remarks>
/// Faults: "apps/harbor-oidc" (Keycloak names another issuer than Harbor was told), "apps/harbor-push" (the object store takes no more
/// of Harbor's blobs). Neither shows in its health.
/// </remarks>
internal sealed class Harbor(TwinWorld world)
{
    public const string Namespace = "harbor";

    private static readonly string[] Parts =
    [
        "core",
        "database",
        "jobservice",
        "portal",
        "redis",
        "registry",
        "registryctl",
        "trivy",
    ];

    private readonly Backends _backends = new(world);
    private readonly PublicNames _names = new(world);

    public PodTrouble? Trouble(TwinCluster cluster, JsonObject pod)
    {
        if (pod.Namespace() != Namespace)
            return null;

        if (pod.Items("spec", "containers").FirstOrDefault(one => one.Text("name") == "oras") is not null)
            return Push(cluster) is { } refused ? new PodTrouble("oras", Crashes: true, refused) : null;

        return pod.Label("component") == "core" && !pod.Holds("Ready") && Start(cluster, pod) is { } log
            ? new PodTrouble("core", Crashes: true, log)
            : null;
    }

    private string? Start(TwinCluster cluster, JsonObject pod) =>
        Database(cluster, pod) is { } database
            ? $"[FATAL] [/core/main.go:185]: failed to initialize database: register db Ormer `default`, {database}"
        : Cache(cluster, pod) is { } cache ? $"[FATAL] [/core/main.go:192]: failed to initialize cache: {cache}"
        : null;

    /// <summary>A client that pushes and pulls through the Gateway: what it is told, or null when all comes back as it was.</summary>
    private string? Push(TwinCluster cluster)
    {
        const string error = "Error: failed to perform \"Push\" on destination:";
        const string blobs = "https://harbor.monosense.io/v2/library/platform-test/blobs/uploads/";

        if (_names.Trouble("harbor.monosense.io") is { } lost)
            return $"{error} Head \"{blobs}\": {lost}";

        if (First(cluster, "registry") is not { } registry || First(cluster, "core") is not { } core)
            return $"{error} POST \"{blobs}\": response status code 502: Bad Gateway";

        var endpoint = PodEnvironment.Of(cluster, core, "S3_ENDPOINT");
        var key = PodEnvironment.Of(cluster, registry, "REGISTRY_STORAGE_S3_ACCESSKEY");
        var trouble = world.Faults.Lasts($"{cluster.Name}/harbor-push")
            ? "QuotaExceeded: status code: 403"
            : _backends.ObjectStore(cluster, registry, endpoint, key, PodEnvironment.Of(cluster, core, "S3_BUCKET"));
        return trouble is null
            ? null
            : $"{error} PUT \"{blobs}\": response status code 500: unknown: unknown error: map[DriverName:s3aws Enclosed:{trouble}]";
    }

    private string? Database(TwinCluster cluster, JsonObject core) =>
        _backends.Postgres(
            cluster,
            core,
            DatabaseLogin.Of(
                cluster,
                core,
                "POSTGRESQL_HOST",
                "POSTGRESQL_USERNAME",
                "POSTGRESQL_PASSWORD",
                "POSTGRESQL_DATABASE"
            )
        );

    private string? Cache(TwinCluster cluster, JsonObject core) =>
        _backends.Redis(
            cluster,
            core,
            PodEnvironment.Of(cluster, core, "_REDIS_ADDR_CORE"),
            PodEnvironment.Of(cluster, core, "REDIS_PASSWORD")
        );

    private static JsonObject? First(TwinCluster cluster, string component) =>
        Pods.FirstReady(cluster, Namespace, "component", component);

    public bool IsConnected(TwinCluster cluster, string database) =>
        First(cluster, "core") is { } core
        && PodEnvironment.Of(cluster, core, "POSTGRESQL_DATABASE") == database
        && Database(cluster, core) is null;

    /// <summary>What Harbor answers over HTTP; null for pods of others.</summary>
    public ServiceAnswer? Answer(TwinCluster cluster, JsonObject pod, string path)
    {
        if (pod.Namespace() != Namespace || pod.Label("component") is not ("nginx" or "core"))
            return null;

        if (First(cluster, "core") is not { } core)
            return new ServiceAnswer(502, "text/html", "<h1>502 Bad Gateway</h1>");

        return path.Split('?')[0] switch
        {
            "/api/v2.0/ping" => new ServiceAnswer(200, "text/plain", "Pong"),
            "/api/v2.0/health" => Health(cluster, core),
            "/api/v2.0/systeminfo" => ServiceAnswer.Json(
                200,
                Manifest.Map(
                    ("auth_mode", Setting(cluster, core, "auth_mode", "db_auth")),
                    ("harbor_version", "v2.15.1-8f2d4b3e")
                )
            ),
            "/c/oidc/login" => Login(cluster, core),
            "/v2/" => ServiceAnswer.Json(
                401,
                """{"errors":[{"code":"UNAUTHORIZED","message":"unauthorized: unauthorized"}]}"""
            ),
            _ => ServiceAnswer.Json(
                404,
                """{"errors":[{"code":"NOT_FOUND","message":"The resource does not exist"}]}"""
            ),
        };
    }

    private ServiceAnswer Health(TwinCluster cluster, JsonObject core)
    {
        var (database, cache) = (Database(cluster, core), Cache(cluster, core));
        var parts = Parts
            .Select(name =>
                (
                    Name: name,
                    Trouble: name switch
                    {
                        "database" => database is null ? null : $"failed to check database: {database}",
                        "redis" => cache is null ? null : $"failed to check redis: {cache}",
                        "registryctl" => First(cluster, "registry") is null ? "failed to check registryctl" : null,
                        _ => First(cluster, name) is null ? $"failed to check {name}: connection refused" : null,
                    }
                )
            )
            .ToList();
        var components = parts.Select(part =>
            part.Trouble is null
                ? Manifest.Map(("name", part.Name), ("status", "healthy"))
                : Manifest.Map(("name", part.Name), ("status", "unhealthy"), ("error", part.Trouble))
        );
        var body = new JsonObject
        {
            ["status"] = parts.TrueForAll(part => part.Trouble is null) ? "healthy" : "unhealthy",
            ["components"] = new JsonArray([.. components]),
        };
        return ServiceAnswer.Json(200, body);
    }

    /// <summary>It looks Keycloak up and sends people there; what it does not find it cannot tell them.</summary>
    private ServiceAnswer Login(TwinCluster cluster, JsonObject core)
    {
        var endpoint = Setting(cluster, core, "oidc_endpoint", "");
        var host = Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) ? uri.Host : "";
        var trouble =
            endpoint.Length == 0 ? "OIDC is not configured"
            : _names.Trouble(host) is { } lost ? $"Get \"{endpoint}/.well-known/openid-configuration\": {lost}"
            : world.Faults.Lasts($"{cluster.Name}/harbor-oidc")
                ? $"oidc: issuer did not match the issuer returned by provider, expected \"{endpoint}\" got \"http://{host}:8080{uri!.AbsolutePath}\""
            : Realm(uri!) is null ? $"404 Not Found: {{\"error\":\"Realm does not exist\"}}"
            : null;
        return trouble is null
            ? new ServiceAnswer(302, "text/html", "")
            {
                Location =
                    $"{endpoint}/protocol/openid-connect/auth?client_id={Setting(cluster, core, "oidc_client_id", "")}",
            }
            : ServiceAnswer.Json(
                500,
                $$"""{"errors":[{"code":"UNKNOWN","message":"internal server error: {{JsonEncodedText.Encode(trouble)}}"}]}"""
            );
    }

    private ServiceAnswer? Realm(Uri endpoint)
    {
        var (cluster, pod) = _names.Behind(endpoint.Host);
        var answer = cluster is null || pod is null ? null : Keycloak.Answer(cluster, pod, endpoint.AbsolutePath);
        return answer is { Status: 200 } ? answer : null;
    }

    /// <summary>What CONFIG_OVERWRITE_JSON says, which is read once at the start and beats the database.</summary>
    private static string Setting(TwinCluster cluster, JsonObject core, string name, string otherwise)
    {
        try
        {
            return JsonNode.Parse(PodEnvironment.Of(cluster, core, "CONFIG_OVERWRITE_JSON"))?[name]?.ToString()
                ?? otherwise;
        }
        catch (JsonException)
        {
            return otherwise;
        }
    }
}
