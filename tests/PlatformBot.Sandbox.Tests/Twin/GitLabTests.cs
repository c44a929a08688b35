using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Twin;

/// <summary>GitLab from the shipped tree, with what it needs and without.</summary>
public sealed class GitLabTests
{
    private const string Web = "gitlab-webservice-default.gitlab.svc.cluster.local";
    private readonly ApplicationScene _scene = new();

    [Fact]
    public void GitLab_migrates_its_database_on_the_other_cluster_and_only_then_starts()
    {
        _scene.Install("gitlab/externalsecrets.yaml", "gitlab/helmrelease.yaml");
        _scene.Until(() => _scene.IsReleased("gitlab", "gitlab"));

        _scene.Ask(Web, "/-/readiness?all=1").ShouldContain("\"status\":\"ok\"");
        Rails(
            "puts ActiveRecord::Base.connection.select_value(%q(select version())); puts Gitlab::Redis::SharedState.with(&:ping)"
        )
            .Stdout.ShouldBe(
                "PostgreSQL 17.11 (Debian 17.11-1.pgdg13+1) on x86_64-pc-linux-gnu, compiled by gcc (Debian 14.2.0-19) 14.2.0, 64-bit\nPONG\n"
            );
        _scene
            .Infra.Exec!(
                new ExecRequest(
                    "databases",
                    "postgres-1",
                    "postgres",
                    ["psql", "-AtXc", "select count(*) > 0 from pg_stat_activity where datname='gitlabhq_production'"],
                    ""
                )
            )!
            .Stdout.ShouldBe("t\n");
        _scene.Get("v1", "Secret", "gitlab", "gitlab-rails-secret").ShouldNotBeNull();
    }

    [Fact]
    public void With_another_password_the_migrations_fail_three_times_and_then_people_are_needed()
    {
        _scene.Install(
            "gitlab/externalsecrets.yaml",
            text => text.Replace("key: postgres-gitlab,", "key: postgres-harbor,", StringComparison.Ordinal)
        );
        _scene.Install("gitlab/helmrelease.yaml");
        _scene.Until(() => Says("migrations") && Says("webservice"));
        _scene
            .Log("gitlab", "app", "migrations")
            .ShouldContain(
                "ActiveRecord::ConnectionNotEstablished: connection to server at \"postgres-rw-infra.databases.svc.cluster.local\", port 5432 failed: FATAL:  password authentication failed for user \"gitlab\""
            );
        _scene
            .Log("gitlab", "app", "webservice")
            .ShouldContain("WARNING: Problem accessing main database (gitlabhq_production)");
        _scene.Until(() => Release().Holds("Stalled"));
        Release().Condition("Stalled").Text("message").ShouldBe("Failed to install after 3 attempt(s)");
        _scene.ReleaseSays("gitlab", "gitlab").ShouldContain("job is failed: gitlab/gitlab-migrations-");

        // The password alone does not help: Flux has given up. Told to begin anew, it gets there.
        _scene.Install("gitlab/externalsecrets.yaml");
        _scene.Pass(TimeSpan.FromMinutes(2));
        _scene.IsReleased("gitlab", "gitlab").ShouldBeFalse();
        _scene.Reset("gitlab", "gitlab");
        _scene.Until(() => _scene.IsReleased("gitlab", "gitlab"));
    }

    [Fact]
    public void While_the_link_is_gone_its_pods_stay_ready_and_it_works_for_nobody()
    {
        _scene.Install("gitlab/externalsecrets.yaml", "gitlab/helmrelease.yaml");
        _scene.Until(() => _scene.IsReleased("gitlab", "gitlab"));
        _scene.Faults.Arm("apps/mesh-link");
        _scene.Pass(TimeSpan.FromMinutes(1));

        Pods.IsAvailable(_scene.Apps, "gitlab", "gitlab-webservice-default").ShouldBeTrue();
        _scene.Ask(Web, "/-/readiness?all=1").ShouldContain("unexpected Db check result: 0");
        Rails("puts 1").Stderr.ShouldContain("server closed the connection unexpectedly");
    }

    [Fact]
    public void How_long_the_database_takes_is_told_and_that_it_is_not_there()
    {
        Median().Stdout.ShouldBe("3\n");

        _scene.Faults.Arm("apps/link-slow");
        Median().Stdout.ShouldBe("83\n");

        _scene.Faults.Arm("apps/mesh-link");
        _scene.Pass(TimeSpan.FromSeconds(30));
        Median().ExitCode.ShouldBe(2);
    }

    private ExecAnswer Median() =>
        _scene.Exec(
            "platform-tests",
            "app",
            "probe",
            "bash",
            "-c",
            "psql -X -At -c '\\timing on' -c 'select 1' | tail -n 4"
        );

    [Fact]
    public void Without_native_sidecars_nothing_gets_past_its_init_containers()
    {
        _scene.ApplyText(
            "{apiVersion: v1, kind: Namespace, metadata: {name: gitlab, annotations: {config.beta.linkerd.io/proxy-enable-native-sidecar: \"false\"}}}"
        );
        _scene.Install("gitlab/externalsecrets.yaml", "gitlab/helmrelease.yaml");
        _scene.Until(() => Job() is not null);
        _scene.Pass(TimeSpan.FromMinutes(5));

        _scene.Log("gitlab", "app", "webservice").ShouldContain("Checking again in 3 seconds");
        // The migrations have run; their proxy runs on, and so does the Job.
        Job()!.Holds("Complete").ShouldBeFalse();
        Job()!.Holds("Failed").ShouldBeFalse();
    }

    [Fact]
    public void Before_its_secrets_are_there_no_container_is_made()
    {
        _scene.Faults.Arm("op/item-missing/dragonfly");
        _scene.Install("gitlab/externalsecrets.yaml", "gitlab/helmrelease.yaml");
        _scene.Until(() => Job() is not null);
        _scene.Pass(TimeSpan.FromMinutes(1));
        Events().ShouldContain("secret \"gitlab-redis\" not found");

        _scene.Faults.Clear("op/item-missing/dragonfly");
        _scene.Until(() => _scene.IsReleased("gitlab", "gitlab"));
    }

    [Fact]
    public void What_the_chart_brings_along_unasked_collides_with_what_is_there()
    {
        _scene.Install(
            "gitlab/helmrelease.yaml",
            text => text.Replace("installCertmanager: false", "installCertmanager: true", StringComparison.Ordinal)
        );
        _scene.Until(() => _scene.ReleaseSays("gitlab", "gitlab").Contains("failed", StringComparison.Ordinal));

        _scene
            .ReleaseSays("gitlab", "gitlab")
            .ShouldContain(
                "CustomResourceDefinition \"certificates.cert-manager.io\" in namespace \"\" exists and cannot be imported"
            );
    }

    [Fact]
    public void A_runner_takes_no_jobs_without_a_token_that_GitLab_has_given()
    {
        _scene.Install("gitlab/externalsecrets.yaml", "gitlab/helmrelease.yaml");
        _scene.Until(() => _scene.IsReleased("gitlab", "gitlab"));
        _scene.World.Vault.Add("Infra", "gitlab-runner", new Dictionary<string, string> { ["token"] = "GR1348941old" });
        _scene.Install("gitlab-runner/externalsecret.yaml", "gitlab-runner/helmrelease.yaml");
        _scene.Pass(TimeSpan.FromMinutes(1));

        _scene.Log("gitlab-runner", "app", "gitlab-runner").ShouldContain("status=403 Forbidden");
        Rails("puts Ci::Runner.online.exists?").Stdout.ShouldBe("false\n");
    }

    /// <summary>There is such a pod, and something is wrong with it.</summary>
    private bool Says(string app) => _scene.Log("gitlab", "app", app) is { Length: > 0 } log && log != "no pod";

    private ExecAnswer Rails(string script) =>
        _scene.Exec("gitlab", "app", "toolbox", "gitlab-rails", "runner", script);

    private JsonObject Release() => _scene.Get("helm.toolkit.fluxcd.io/v2", "HelmRelease", "gitlab", "gitlab");

    private JsonObject? Job() => _scene.Apps.Objects.View("batch/v1", "Job", "gitlab") is [var job, ..] ? job : null;

    private string Events() =>
        string.Join('\n', _scene.Apps.Objects.View("v1", "Event", "gitlab").Select(one => one.Text("message")));
}
