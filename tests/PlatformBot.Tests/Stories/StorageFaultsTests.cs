using PlatformBot.Sandbox;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Vault;
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

        var mended = await PlayAsync(platform, key);

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

    /// <returns>What was mended.</returns>
    private static async Task<IReadOnlyCollection<string>> PlayAsync(ThePlatform platform, VaultItem key)
    {
        var story = platform.Story(change: world =>
            world with
            {
                ManualSteps = world.ManualSteps.Where(step => step.Key != "apps/nas-buckets").ToDictionary(),
            }
        );
        await platform.SayAsync("/platform bootstrap infra --to storage");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(platform.Limit);
        var approving = ApproveAsync(platform.Grace, over.Token);
        var confirming = story.ConfirmAsync(over.Token);
        var mended = new HashSet<string>();
        var mending = MendAsync(platform.World, key, platform.Linus, mended, over.Token);
        var ending = platform.EndAsync();

        // What nobody expected ends the test with its words.
        if (await Task.WhenAny(ending, mending) == mending)
            await mending;

        var end = await ending;
        await Task.WhenAll(approving, confirming);
        await over.CancelAsync();
        await mending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        end.ShouldContain("succeeded");
        return mended;
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

    private static async Task MendAsync(
        SandboxWorld world,
        VaultItem key,
        Watcher who,
        HashSet<string> mended,
        CancellationToken cancellationToken
    )
    {
        var seen = new HashSet<string>();

        while (true)
        {
            var post = await who.PostAsync(
                post => post.Buttons.Contains("retry") && !seen.Contains(post.Id),
                cancellationToken
            );
            seen.Add(post.Id);
            var (_, _, cause) = Expected
                .Where(one =>
                    post.Message.Contains($"**{one.Step}** failed", StringComparison.Ordinal)
                    && post.Text.Contains(one.Saw, StringComparison.Ordinal)
                )
                .ShouldHaveSingleItem(post.Text);

            if (mended.Add(cause) && cause == Item)
                world.Vault.Add(key.Vault, key.Title, key.Fields);

            world.Faults.Clear(cause);
            await who.Seat.PressAsync(post.Id, "retry", cancellationToken);
            await who.PrivateAsync(cancellationToken);
        }
    }
}
