using System.Security.Cryptography;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm.Charts;

namespace PlatformBot.Sandbox.Twin.Applications;

/// <summary>What administrators do in the applications' own pages; nothing while these do not work.</summary>
public sealed class ApplicationPeople(TwinWorld world)
{
    /// <summary>A runner in GitLab, whose token goes into the vault.</summary>
    public void MakeRunner()
    {
        if (new GitLab(world).Serves(Apps) && world.Vault.Find("Infra", "gitlab-runner").Count == 0)
        {
            world.Vault.Add(
                "Infra",
                "gitlab-runner",
                new Dictionary<string, string>
                {
                    ["token"] = $"glrt-{RandomNumberGenerator.GetHexString(20, lowercase: true)}",
                }
            );
        }
    }

    /// <summary>The first account of Mattermost.</summary>
    public void SignUp() =>
        world.ChatHasAdministrator |= Apps
            .Objects.View(MattermostOperatorChart.ApiVersion, "Mattermost")
            .Any(one => one.Text("status", "state") == "stable");

    private TwinCluster Apps => world.Clusters["apps"];
}
