using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm.Charts;

namespace PlatformBot.Sandbox.Twin.Applications;

/// <summary>What must be true of the applications on apps.</summary>
internal static class ApplicationFacts
{
    public static IEnumerable<TwinFact> Of(TwinWorld world)
    {
        var apps = world.Clusters["apps"];
        var gitLab = new GitLab(world);
        var serves = gitLab.Serves(apps);
        var connected = gitLab.IsConnected(apps, "gitlabhq_production");
        yield return new TwinFact(
            "apps: GitLab serves, from the database on infra",
            serves && connected,
            serves ? "its pages, its cache, its database" : "nobody can work with it"
        );
        var hasRunner = gitLab.HasRunner(apps);
        yield return new TwinFact(
            "apps: a runner takes GitLab's jobs",
            hasRunner,
            hasRunner ? "signed in" : "there is none"
        );
        yield return Escrow(world, apps);
        yield return Says(
            world,
            apps,
            "apps: Harbor is healthy, and people sign in through Keycloak",
            ("harbor", "/api/v2.0/health", "\"status\":\"healthy\",\"components\""),
            ("harbor", "/c/oidc/login", "")
        );
        yield return Says(
            world,
            apps,
            "apps: Mattermost is healthy, with database and files",
            ("mattermost", "/api/v4/system/ping?get_server_status=true", "\"status\":\"OK\"")
        );
    }

    /// <summary>The vault holds what Rails encrypts with now, not what it once did.</summary>
    private static TwinFact Escrow(TwinWorld world, TwinCluster apps)
    {
        var own = SecretText.Of(apps.Objects, GitLab.Namespace, GitLabChart.RailsSecret, "secrets.yml");
        var kept = world.Vault.ValueOf(GitLabChart.RailsSecret, "secrets.yml");
        return new TwinFact(
            "apps: the vault holds what GitLab encrypts with",
            !string.IsNullOrEmpty(own) && own == kept,
            kept.Length == 0 ? "there is no item"
                : own == kept ? "the same"
                : "another"
        );
    }

    private static TwinFact Says(
        TwinWorld world,
        TwinCluster apps,
        string what,
        params (string Service, string Path, string Text)[] questions
    )
    {
        var programs = new ApplicationPrograms(world);

        foreach (var (name, path, text) in questions)
        {
            var service = apps.Objects.View(new ObjectKey("v1", "Service", name, name));
            var answer =
                service is not null && Pods.Behind(apps, service) is [var pod, ..]
                    ? programs.Answer(apps, pod, path)
                    : null;

            if (answer is null || answer.Status >= 400 || !answer.Body.Contains(text, StringComparison.Ordinal))
                return new TwinFact(what, Holds: false, answer is null ? "nobody answers" : $"{path}: {answer.Body}");
        }

        return new TwinFact(what, Holds: true, "it says so");
    }
}
