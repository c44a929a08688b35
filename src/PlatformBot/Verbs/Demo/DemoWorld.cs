using PlatformBot.Sandbox;

namespace PlatformBot.Verbs.Demo;

/// <summary>What happens outside chat in the demo: the router, the registry, the tracker.</summary>
internal static class DemoWorld
{
    public static StoryWorld Of(SandboxWorld world, string fault) =>
        new(
            $"Six machines of the old cluster k8s, nothing else.\n"
                + $"One thing will go wrong: images of Cilium cannot be pulled on infra ({fault}).\n"
                + $"Chat {world.Chat.BaseUri}   Issues {world.Tracker.BaseUri}",
            new Dictionary<string, ManualAnswer>
            {
                ["infra/nas-buckets"] = Buckets(world, "infra"),
                ["apps/nas-buckets"] = Buckets(world, "apps"),
                ["declare-disposable"] = new(
                    () => { },
                    "linus asks the owners of data, one by one.",
                    "backed up: photos, git; everything else disposable; VIPs .17 and .18 free, DNS resolves"
                ),
                ["apps/runner-token"] = new(
                    world.Twin.People.MakeRunner,
                    "linus makes a runner in GitLab, and puts its token into the vault.",
                    "runner #1, instance-wide; its token is in the item gitlab-runner"
                ),
                ["apps/mattermost-admin"] = new(
                    world.Twin.People.SignUp,
                    "linus signs up at the new chat, before anybody else does.",
                    "linus is the administrator; 1 account"
                ),
                ["apps/go-live"] = new(
                    () => { },
                    "linus asks the owners one last time.",
                    "documentation merged; deviations accepted by the owner; linus is on call from Monday"
                ),
                ["srx-bgp"] = new(
                    () => world.Twin.RouterConfigured = true,
                    "linus commits the BGP groups on the router.",
                    "commit complete; show bgp summary: 6 peers configured, waiting for the nodes"
                ),
            },
            (state, cancellationToken) => IssueAsync(world, state, cancellationToken),
            () => world.Faults.Clear(fault),
            "The registry answers again: images of Cilium can be pulled."
        );

    private static ManualAnswer Buckets(SandboxWorld world, string cluster) =>
        new(
            () => world.Twin.Nas.MakeBucketsOf(cluster),
            $"linus makes {cluster}'s buckets and keys on the NAS.",
            $"mc ls nas: velero-backups/ volsync-{cluster}/; keys are in the vault"
        );

    /// <summary>Reads the tracker as anybody can: over its API.</summary>
    private static async Task<string> IssueAsync(SandboxWorld world, string state, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (world.Tracker.Issues.FirstOrDefault(issue => issue.State == state) is { } issue)
                return $"#### Issue #{issue.Number} is {issue.State}: {issue.Title}\n{(state == "open" ? issue.Body : (issue.Comments is [.., var last] ? last.Body : ""))}";

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }
    }
}
