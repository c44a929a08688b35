using System.Text.Json.Nodes;
using static PlatformBot.Sandbox.Twin.Helm.Manifest;

namespace PlatformBot.Sandbox.Twin.Helm.Charts;

/// <summary>
/// GitLab without a database, cache or object store of its own: chart 10 takes all three from outside. What it would bring along unasked
/// (cert-manager) collides with what is there.
/// </summary>
internal static class GitLabChart
{
    public const string RailsSecret = "gitlab-rails-secret";
    public const string Secrets = "shared-secrets";
    private const string Images = "registry.gitlab.com/gitlab-org/build/cng";

    public static Chart Chart { get; } = new("gitlab", "10.0.1", "v19.0.1", "https://charts.gitlab.io", Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns, name) = (input.Values, input.Namespace, input.Release);

        if (values.FlagAt("installCertmanager", otherwise: true))
        {
            yield return Crd(CertManagerChart.Group, "Certificate", "certificates", namespaced: true, "v1");
            yield return Crd(CertManagerChart.Group, "Issuer", "issuers", namespaced: true, "v1");
        }

        yield return ConfigMap(ns, $"{name}-{Secrets}", ("generate-secrets", ""));
        yield return Migrations(input);

        foreach (var part in Rails(input).Concat(Registry(input)))
            yield return part;

        var gitaly = Part(input, "StatefulSet", "gitaly", "gitaly", "gitaly:v19.0.1") with
        {
            Claim = (
                "repo-data",
                values.TextAt("gitlab.gitaly.persistence.storageClass"),
                values.TextAt("gitlab.gitaly.persistence.size", "50Gi")
            ),
        };
        yield return gitaly.ToJson();
        yield return Service(ns, gitaly.Name, gitaly.Selector, ("tcp-gitaly", 8075));
        var kas = Part(input, "Deployment", "kas", "kas", "gitlab-kas:v19.0.1") with { Replicas = 2 };
        yield return kas.ToJson();
        yield return Service(ns, kas.Name, kas.Selector, ("http-kas", 8150), ("http-kas-k8s-api", 8154));
        var shell = Part(input, "Deployment", "gitlab-shell", "gitlab-shell", "gitlab-shell:v14.45.0") with
        {
            Replicas = values.NumberAt("gitlab.gitlab-shell.minReplicas", 2),
            PodAnnotations = values.MappingAt("gitlab.gitlab-shell.annotations"),
        };
        yield return shell.ToJson();
        var ssh = Service(ns, shell.Name, shell.Selector, ("ssh", 22))
            .Marked("annotations", values.MappingAt("gitlab.gitlab-shell.service.annotations"));
        ssh["spec"]!["type"] = values.TextAt("gitlab.gitlab-shell.service.type", "ClusterIP");
        yield return ssh;
    }

    /// <summary>What runs the application: all of it waits, as an init container, until the database is there and migrated.</summary>
    private static IEnumerable<JsonObject> Rails(ChartInput input)
    {
        var (values, ns) = (input.Values, input.Namespace);
        var wait = ("dependencies=" + Images + "/gitlab-webservice-ce:v19.0.1", Array.Empty<string>());
        var web = Part(input, "Deployment", "webservice", "webservice-default", "gitlab-webservice-ce:v19.0.1") with
        {
            Replicas = values.NumberAt("gitlab.webservice.minReplicas", 2),
            Init = wait,
            Env = Backends(values),
            SecretEnv = Logins(values),
        };
        yield return web.ToJson();
        yield return Service(ns, web.Name, web.Selector, ("http-webservice", 8080), ("http-workhorse", 8181));
        yield return (
            Part(input, "Deployment", "sidekiq", "sidekiq-all-in-1-v2", "gitlab-sidekiq-ce:v19.0.1") with
            {
                Replicas = values.NumberAt("gitlab.sidekiq.minReplicas", 1),
                Init = wait,
                Env = Backends(values),
                SecretEnv = Logins(values),
            }
        ).ToJson();
        yield return (
            Part(input, "Deployment", "toolbox", "toolbox", "gitlab-toolbox-ce:v19.0.1") with
            {
                Env = Backends(values),
                SecretEnv = Logins(values),
            }
        ).ToJson();
    }

    private static IEnumerable<JsonObject> Registry(ChartInput input)
    {
        var values = input.Values;
        var registry = Part(
            input,
            "Deployment",
            "registry",
            "registry",
            "gitlab-container-registry:v4.24.0-gitlab"
        ) with
        {
            Replicas = values.NumberAt("registry.hpa.minReplicas", 2),
            SecretEnv =
            [
                (
                    "REGISTRY_STORAGE",
                    values.TextAt("registry.storage.secret"),
                    values.TextAt("registry.storage.key", "config")
                ),
            ],
        };
        yield return registry.ToJson();
        yield return Service(input.Namespace, registry.Name, registry.Selector, ("http-registry", 5000));
    }

    private static JsonObject Migrations(ChartInput input)
    {
        var pod = Part(input, "Deployment", "migrations", "migrations", "gitlab-toolbox-ce:v19.0.1") with
        {
            Env = Backends(input.Values),
            SecretEnv = [.. Logins(input.Values), RootPassword(input.Values)],
        };
        var template = pod.ToJson()["spec"]!["template"]!.DeepClone().AsObject();
        template["spec"]!["restartPolicy"] = "OnFailure";
        return New("batch/v1", "Job", input.Namespace, $"{input.Release}-migrations-{Suffix(input)}")
            .Marked("labels", pod.Selector)
            .With("spec", new JsonObject { ["backoffLimit"] = 6, ["template"] = template });
    }

    /// <summary>Another Job for each revision: a Job cannot be changed.</summary>
    private static int Suffix(ChartInput input) =>
        HelmEngine.History(input.Cluster, input.Namespace, input.Release) is [.., var last] ? last.Revision + 1 : 1;

    private static Workload Part(ChartInput input, string kind, string app, string name, string image) =>
        new(kind, input.Namespace, $"{input.Release}-{name}", app, $"{app}={Images}/{image}")
        {
            Labels = Map(("app", app), ("release", input.Release)),
            ServiceAccount = "default",
        };

    /// <summary>What database.yml, resque.yml and object_store.yml say.</summary>
    private static (string Name, string Value)[] Backends(JsonObject values) =>
        [
            ("PGHOST", values.TextAt("global.psql.host")),
            ("PGUSER", values.TextAt("global.psql.username", "gitlab")),
            ("PGDATABASE", values.TextAt("global.psql.database", "gitlabhq_production")),
            ("REDIS_HOST", values.TextAt("global.redis.host")),
        ];

    private static (string Name, string Secret, string Key)[] Logins(JsonObject values) =>
        [
            (
                "PGPASSWORD",
                values.TextAt("global.psql.password.secret", "gitlab-postgresql-password"),
                values.TextAt("global.psql.password.key", "postgresql-password")
            ),
            (
                "REDIS_PASSWORD",
                values.TextAt("global.redis.auth.secret", "gitlab-redis-secret"),
                values.TextAt("global.redis.auth.key", "secret")
            ),
            (
                "OBJECT_STORE",
                values.TextAt("global.appConfig.object_store.connection.secret"),
                values.TextAt("global.appConfig.object_store.connection.key")
            ),
            ("RAILS_SECRETS", RailsSecret, "secrets.yml"),
        ];

    private static (string Name, string Secret, string Key) RootPassword(JsonObject values) =>
        (
            "GITLAB_ROOT_PASSWORD",
            values.TextAt("global.initialRootPassword.secret", "gitlab-gitlab-initial-root-password"),
            values.TextAt("global.initialRootPassword.key", "password")
        );
}

internal static class GitLabRunnerChart
{
    public static Chart Chart { get; } = new("gitlab-runner", "0.89.0", "19.0.0", "https://charts.gitlab.io", Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns, name) = (input.Values, input.Namespace, input.Release);
        yield return ServiceAccount(ns, name);
        yield return ConfigMap(ns, name, ("config.template.toml", values.TextAt("runners.config")));
        yield return new Workload(
            "Deployment",
            ns,
            name,
            "gitlab-runner",
            $"{name}=registry.gitlab.com/gitlab-org/gitlab-runner:alpine-v19.0.0"
        )
        {
            Labels = Map(("app", name), ("release", name)),
            Env = [("CI_SERVER_URL", values.TextAt("gitlabUrl"))],
            SecretEnv = [("CI_SERVER_TOKEN", values.TextAt("runners.secret", name), "runner-token")],
        }.ToJson();
    }
}
