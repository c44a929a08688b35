using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm.Charts;
using PlatformBot.Sandbox.Twin.Mesh;
using PlatformBot.Sandbox.Twin.Services;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Applications;

/// <summary>With what an application signs in to a database.</summary>
internal sealed record DatabaseLogin(string Host, string User, string Password, string Database)
{
    /// <summary>From the variables of those names in the pod's environment.</summary>
    public static DatabaseLogin Of(
        TwinCluster cluster,
        JsonObject pod,
        string host,
        string user,
        string password,
        string database
    ) =>
        new(
            PodEnvironment.Of(cluster, pod, host),
            PodEnvironment.Of(cluster, pod, user),
            PodEnvironment.Of(cluster, pod, password),
            PodEnvironment.Of(cluster, pod, database)
        );
}

/// <summary>
/// PostgreSQL, Dragonfly and the object store as applications meet them: by the name of a Service, here or mirrored from the other cluster,
/// with a password or key. Each answers null, or why not in the words of its own protocol.
/// </summary>
internal sealed class Backends(TwinWorld world)
{
    private readonly MeshTraffic _mesh = new(world);

    /// <summary>libpq's words.</summary>
    public string? Postgres(TwinCluster cluster, JsonObject pod, DatabaseLogin login)
    {
        var (found, trouble) = Reach(cluster, pod, login.Host);

        if (trouble is Unreachable.NoName)
            return $"could not translate host name \"{login.Host}\" to address: Name or service not known";

        var connection = $"connection to server at \"{login.Host}\", port 5432 failed:";

        if (found is null || found.Label(PostgresKinds.ClusterLabel) is not { Length: > 0 } name)
            return $"{connection} server closed the connection unexpectedly";

        var home = world.HomeOf(found);
        var postgres = PostgresKinds.ClusterOf(home, found.Namespace(), name);
        var role = postgres.Items("spec", "managed", "roles").FirstOrDefault(one => one.Text("name") == login.User);
        var password = SecretText.Of(home.Objects, found.Namespace(), role.Text("passwordSecret", "name"), "password");

        if (role is null || string.IsNullOrEmpty(password) || password != login.Password)
            return $"{connection} FATAL:  password authentication failed for user \"{login.User}\"";

        var there = home
            .Objects.View(PostgresKinds.ApiVersion, "Database", found.Namespace())
            .Any(one => one.Text("spec", "name") == login.Database && one.Is("status", "applied"));
        return there ? null : $"{connection} FATAL:  database \"{login.Database}\" does not exist";
    }

    /// <summary>A Redis client's words.</summary>
    /// <param name="address">"HOST" or "HOST:6379"</param>
    public string? Redis(TwinCluster cluster, JsonObject pod, string address, string password)
    {
        var host = address.Split(':')[0];
        var (found, trouble) = Reach(cluster, pod, host);

        if (trouble is Unreachable.NoName)
            return $"getaddrinfo: Name or service not known ({host}:6379)";

        if (found is null)
            return $"Connection reset by peer ({host}:6379)";

        var home = world.HomeOf(found);
        var dragonfly = home
            .Objects.View(DragonflyOperatorChart.ApiVersion, "Dragonfly", found.Namespace())
            .FirstOrDefault(one => one.Name() == found.Label("app"));
        var reference = dragonfly.At("spec", "authentication", "passwordFromSecret");
        var wanted = SecretText.Of(home.Objects, found.Namespace(), reference.Text("name"), reference.Text("key"));
        return (wanted ?? "") == password ? null : "WRONGPASS invalid username-password pair or user is disabled.";
    }

    /// <summary>An S3 client's words: an error code first.</summary>
    /// <param name="endpoint">"HOST" or "http://HOST"</param>
    public string? ObjectStore(TwinCluster cluster, JsonObject pod, string endpoint, string accessKey, string bucket)
    {
        var host = endpoint.Replace("http://", "", StringComparison.Ordinal);
        var (found, trouble) = Reach(cluster, pod, host);

        if (trouble is Unreachable.NoName)
            return $"RequestError: send request failed: dial tcp: lookup {host}: no such host";

        if (found is null)
            return $"RequestError: send request failed: Get \"http://{host}/{bucket}\": EOF";

        // A proxy that takes S3 for HTTP sends it on under the Service's own name, and no signature fits any more.
        if (!IsOpaque(cluster, host))
            return "SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided";

        var home = world.HomeOf(found);
        return !ObjectStoreLaw.Accepts(home, accessKey)
                ? "InvalidAccessKeyId: The Access Key Id you provided does not exist in our records."
            : ObjectStoreLaw.HasBucket(home, bucket) ? null
            : "NoSuchBucket: The specified bucket does not exist";
    }

    private static bool IsOpaque(TwinCluster cluster, string host) =>
        host.Split('.') is not [var service, var ns, ..]
        || cluster.Objects.View(new ObjectKey("v1", "Service", ns, service)) is not { } found
        || found.Text("metadata", "labels", "mirror.linkerd.io/mirrored-service") != "true"
        || found.Text("metadata", "annotations", "config.linkerd.io/opaque-ports").Length > 0;

    private enum Unreachable
    {
        NoName,
        NoAnswer,
    }

    /// <summary>A pod that answers, or why none does.</summary>
    private (JsonObject? Pod, Unreachable? Trouble) Reach(TwinCluster cluster, JsonObject pod, string host)
    {
        if (host.Split('.') is not [var service, var ns, ..])
            return (null, Unreachable.NoName);

        var (pods, trouble, exitCode) = _mesh.Reach(cluster, pod, ns, service);
        return trouble is null ? (pods[0], null) : (null, exitCode == 6 ? Unreachable.NoName : Unreachable.NoAnswer);
    }
}
