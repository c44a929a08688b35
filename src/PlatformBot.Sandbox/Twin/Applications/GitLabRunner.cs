using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Applications;

/// <summary>The runner: it signs in to GitLab when it starts, with a token that an administrator has made there.</summary>
internal sealed class GitLabRunner(TwinWorld world)
{
    private const string Name = "gitlab-runner";
    private readonly GitLab _gitLab = new(world);

    public PodTrouble? Trouble(TwinCluster cluster, JsonObject pod)
    {
        if (pod.Namespace() != Name || pod.Label("app") != Name || pod.Holds("Ready"))
            return null;

        var token = PodEnvironment.Of(cluster, pod, "CI_SERVER_TOKEN");

        if (token.Length == 0)
            return null;

        var answer =
            !_gitLab.Serves(cluster) ? "couldn't execute POST against https://gitlab.monosense.io/api/v4/runners/verify"
            : token == world.Vault.ValueOf(Name, "token") && token.StartsWith("glrt-", StringComparison.Ordinal) ? null
            : "403 Forbidden";
        return answer is null
            ? null
            : new PodTrouble(
                Name,
                Crashes: true,
                $"ERROR: Verifying runner... failed  status={answer}\nPANIC: Failed to verify the runner."
            );
    }
}
