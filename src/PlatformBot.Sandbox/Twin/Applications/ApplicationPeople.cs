using System.Security.Cryptography;

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

    /// <summary>The first account of Mattermost, whose password goes into the vault; unless a stranger was quicker.</summary>
    public void SignUp()
    {
        if (world.ChatHasAdministrator || !new Mattermost(world).TakesAccounts(Apps))
            return;

        world.ChatHasAdministrator = true;
        world.Vault.Add(
            "Infra",
            "mattermost-admin",
            new Dictionary<string, string>
            {
                ["username"] = "linus",
                ["password"] = RandomNumberGenerator.GetHexString(32, lowercase: true),
            }
        );
    }

    private TwinCluster Apps => world.Clusters["apps"];
}
