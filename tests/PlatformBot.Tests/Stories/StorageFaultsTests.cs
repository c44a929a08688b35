using PlatformBot.Sandbox.Twin;
using PlatformBot.Verbs.Demo;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>A bootstrap in which storage goes wrong four times: each time a person is told where and why, mends it, and it goes on.</summary>
public sealed class StorageFaultsTests
{
    private const string Disk = "infra-02/disk-not-empty";
    private const string Away = "infra/nas-away";
    private const string Partial = "infra/velero-partially-failed";
    private const string Item = "minio-velero-infra";

    // What a person sees → what they mend. The NAS is noticed by whichever asks it first.
    private static readonly (string Step, string Saw, string Cause)[] Expected =
    [
        ("infra/wipe-disk/infra-02", "still carries bluestore", Disk),
        ("infra/velero-secret", "an item that is not in the vault", Item),
        ("infra/backup-location", "is Unavailable, not Available", Away),
        ("infra/volsync-backup", "latestMoverStatus", Away),
        ("infra/backup", "is PartiallyFailed, not Completed", Partial),
    ];

    private static readonly string[] Facts =
    [
        "infra: Ceph is healthy",
        "infra: Velero reaches its bucket",
        "infra: a backup was restored",
        "infra: VolSync has sent a volume to the NAS",
    ];

    [Fact]
    public async Task Each_fault_ends_where_a_person_can_mend_it_and_the_bootstrap_goes_on()
    {
        await using var platform = await ThePlatform.WithAsync(3, Disk, Away, Partial);
        var world = platform.World;
        var key = world.Vault.Find("Infra", Item).Single();
        world.Vault.Remove(key);

        var story = platform.Story(change: world =>
            world with
            {
                ManualSteps = world.ManualSteps.Where(step => step.Key != "apps/nas-buckets").ToDictionary(),
            }
        );

        var mended = await platform.MendedAsync(
            "/platform bootstrap infra --to storage",
            over => Task.WhenAll(ApproveAsync(platform.Grace, over), story.ConfirmAsync(over)),
            Expected,
            cause =>
            {
                if (cause == Item)
                    world.Vault.Add(key.Vault, key.Title, key.Fields);
            }
        );

        mended
            .Order(StringComparer.Ordinal)
            .ShouldBe(new[] { Disk, Item, Away, Partial }.Order(StringComparer.Ordinal));
        TwinVerdict
            .Of(world.Twin)
            .Where(fact => Facts.Contains(fact.What))
            .Select(fact => $"{fact.What}: {fact.Holds}")
            .ShouldBe(Facts.Select(fact => $"{fact}: True"));
        world.Tracker.Issues.Count.ShouldBeGreaterThanOrEqualTo(4);
        world.Tracker.Issues.ShouldAllBe(issue => issue.State == "closed");
    }

    private static async Task ApproveAsync(Watcher who, CancellationToken cancellationToken)
    {
        foreach (var phase in new[] { "infra/foundation", "infra/storage" })
        {
            var post = await who.PostAsync(
                post =>
                    post.Buttons.Contains("approve") && post.Message.Contains($"**{phase}**", StringComparison.Ordinal),
                cancellationToken
            );
            await Story.ApproveAsync(who, post, "infra", cancellationToken);
        }
    }
}
