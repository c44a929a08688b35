using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Applications;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Mesh;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>
/// psql and pg_isready, in an instance itself and in a client's pod that reaches it over the mesh; and the few questions in
/// SQL that runbooks ask.
/// </summary>
internal sealed partial class PostgresPrograms(TwinWorld world)
{
    public const string Version =
        "PostgreSQL 17.11 (Debian 17.11-1.pgdg13+1) on x86_64-pc-linux-gnu, compiled by gcc (Debian 14.2.0-19) 14.2.0, 64-bit";

    /// <summary>As many as a small application has.</summary>
    private const int Tables = 87;

    private readonly ApplicationPrograms _applications = new(world);

    /// <summary>Null for other programs.</summary>
    public ExecAnswer? Exec(TwinCluster cluster, ExecRequest request)
    {
        if (request.Command is not (["psql" or "pg_isready", ..]))
            return null;

        var pod = cluster.Objects.View(new ObjectKey("v1", "Pod", request.Namespace, request.Pod));

        if (pod is null)
            return null;

        if (pod.Label(PostgresKinds.ClusterLabel) is { Length: > 0 } name)
            return Answer(cluster, pod, name, pod.Namespace(), request.Command);

        var host = Host(pod, request.Command);

        if (host.Split('.') is not [var service, var ns, ..])
            return null;

        var (pods, trouble, exitCode) = new MeshTraffic(world).Reach(cluster, pod, ns, service);

        if (trouble is not null)
            return Unreachable(request.Command[0], host, exitCode);

        return request.Command[0] == "pg_isready" ? new ExecAnswer(0, $"{host}:5432 - accepting connections\n", "")
            : SignIn(cluster, pod, host) is { } refused ? refused
            : Answer(world.HomeOf(pods[0]), pods[0], pods[0].Label(PostgresKinds.ClusterLabel), ns, request.Command);
    }

    private static string Host(JsonObject pod, IReadOnlyList<string> command)
    {
        var at = command.ToList().IndexOf("-h");
        return at >= 0 && at + 1 < command.Count
            ? command[at + 1]
            : Pods.Containers(pod)
                .SelectMany(container => container.ItemsAt("env"))
                .FirstOrDefault(variable => variable.TextAt("name") == "PGHOST")
                .TextAt("value");
    }

    private static ExecAnswer Unreachable(string program, string host, int exitCode) =>
        program == "pg_isready" ? new ExecAnswer(2, $"{host}:5432 - no response\n", "")
        : exitCode == 6
            ? new ExecAnswer(
                2,
                "",
                $"psql: error: could not translate host name \"{host}\" to address: Name or service not known\n"
            )
        : new ExecAnswer(
            2,
            "",
            $"psql: error: connection to server at \"{host}\", port 5432 failed: server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.\n"
        );

    /// <summary>The password in the client's Secret against the vault's; null when it fits.</summary>
    private ExecAnswer? SignIn(TwinCluster cluster, JsonObject pod, string host)
    {
        var variables = Pods.Containers(pod).SelectMany(container => container.ItemsAt("env"));
        var user = variables.FirstOrDefault(variable => variable.TextAt("name") == "PGUSER").TextAt("value");
        var given = Pods.Containers(pod)
            .SelectMany(container => container.ItemsAt("envFrom"))
            .Select(source => source.TextAt("secretRef.name"))
            .Select(name => SecretText.Of(cluster.Objects, pod.Namespace(), name, "PGPASSWORD"))
            .FirstOrDefault(text => text is not null);
        var item = $"postgres-{user.Replace('_', '-')}";

        return given is not null && given == world.Vault.ValueOf(item, "password")
            ? null
            : new ExecAnswer(
                2,
                "",
                $"psql: error: connection to server at \"{host}\", port 5432 failed: FATAL:  password authentication failed for user \"{user}\"\n"
            );
    }

    private bool HasClients(TwinCluster cluster, string database) =>
        Keycloak.IsConnected(cluster, database) || _applications.AreConnected(database);

    private ExecAnswer Answer(
        TwinCluster cluster,
        JsonObject pod,
        string name,
        string ns,
        IReadOnlyList<string> command
    )
    {
        if (command[0] == "pg_isready")
            return new ExecAnswer(0, "/controller/run:5432 - accepting connections\n", "");

        var sql = command[^1];

        if (Writes().IsMatch(sql) && pod.Label(PostgresKinds.RoleLabel) != "primary")
        {
            return new ExecAnswer(
                1,
                "",
                $"ERROR:  cannot execute {Writes().Match(sql).Value.ToUpperInvariant()} in a read-only transaction\n"
            );
        }

        var postgres = PostgresKinds.ClusterOf(cluster, ns, name);

        if (Told(cluster, pod, sql) is { } told)
            return told;

        // What was restored holds what it was restored from.
        var holder = postgres is not null && PostgresRecovery.IsOf(postgres) ? PostgresRecovery.Origin(postgres) : name;
        var databases = cluster
            .Objects.View(PostgresKinds.ApiVersion, "Database", ns)
            .Where(one => one.Text("spec", "cluster", "name") == holder && one.Is("status", "applied"))
            .Select(one => (Name: one.Text("spec", "name"), Owner: one.Text("spec", "owner")))
            .Append((Name: "app", Owner: "app"))
            .Append((Name: "postgres", Owner: "postgres"));

        if (sql.Contains("version()", StringComparison.Ordinal))
            return new ExecAnswer(0, $"{Version}\n", "");

        if (Activity().Match(sql) is { Success: true } activity)
            return new ExecAnswer(0, HasClients(cluster, activity.Groups["name"].Value) ? "t\n" : "f\n", "");

        return sql.Contains("from pg_database", StringComparison.Ordinal)
            ? new ExecAnswer(0, string.Concat(databases.Select(one => $"{one.Name}:{one.Owner}\n")), "")
            : new ExecAnswer(0, "", "");
    }

    /// <summary>Questions about where an instance stands in the history of changes, and what it holds.</summary>
    private ExecAnswer? Told(TwinCluster cluster, JsonObject pod, string sql)
    {
        if (sql.Contains("not pg_is_in_recovery()", StringComparison.Ordinal))
            return new ExecAnswer(0, pod.Label(PostgresKinds.RoleLabel) == "primary" ? "t\n" : "f\n", "");

        if (sql.Contains("from pg_stat_archiver", StringComparison.Ordinal))
        {
            var archived = PostgresRecovery.Archived(world, cluster, world.Clock.GetUtcNow());
            return new ExecAnswer(0, $"{archived:yyyy-MM-ddTHH:mm:ssZ}\n", "");
        }

        return sql.Contains("from pg_stat_user_tables", StringComparison.Ordinal)
            ? new ExecAnswer(0, $"{Tables}\n", "")
            : null;
    }

    [GeneratedRegex(
        @"^\s*(create|drop|alter|insert|update|delete)(\s+(table|database|role))?",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 200
    )]
    private static partial Regex Writes();

    [GeneratedRegex(
        @"from pg_stat_activity where datname='(?<name>\w+)'",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 200
    )]
    private static partial Regex Activity();
}
