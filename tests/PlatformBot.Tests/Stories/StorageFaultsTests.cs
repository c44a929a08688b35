using Microsoft.Extensions.Logging;
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
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await using var household = await Household.StartAsync(
            folder => new SandboxOptions
            {
                Directory = folder,
                Speed = 60,
                Faults = [Disk, Away, Partial],
            },
            logging => logging.ClearProviders(),
            limit.Token
        );
        var world = household.World;
        var key = world.Vault.Find("Infra", Item).Single();
        world.Vault.Remove(key);

        var mended = await PlayAsync(world, key, limit.Token);

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
    private static async Task<IReadOnlyCollection<string>> PlayAsync(
        SandboxWorld world,
        VaultItem key,
        CancellationToken cancellationToken
    )
    {
        var transcript = new Transcript(TextWriter.Null, json: true, colour: false, width: 120, world.Clock);
        await using var ada = await Seats.SitAsync(world, "ada", transcript, aloud: true, cancellationToken);
        await using var grace = await Seats.SitAsync(world, "grace", transcript, aloud: false, cancellationToken);
        await using var linus = await Seats.SitAsync(world, "linus", transcript, aloud: false, cancellationToken);
        await Seats.WaitForBotAsync(ada, cancellationToken);
        var outside = DemoWorld.Of(world, "");
        var manual = outside.ManualSteps.Where(step => step.Key != "apps/nas-buckets").ToDictionary();
        var story = new Story(ada, grace, linus, outside with { ManualSteps = manual }, transcript);

        await ada.Seat.TypeAsync("/platform bootstrap infra --to storage", cancellationToken);
        await ada.PrivateAsync(cancellationToken);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var approving = ApproveAsync(grace, over.Token);
        var confirming = story.ConfirmAsync(over.Token);
        var mended = new HashSet<string>();
        var mending = MendAsync(world, key, linus, mended, over.Token);
        var ending = ada.PostAsync(post => IsEnd(post.Message), cancellationToken);

        // What nobody expected ends the test with its words.
        if (await Task.WhenAny(ending, mending) == mending)
            await mending;

        var end = await ending;
        await Task.WhenAll(approving, confirming);
        await over.CancelAsync();
        await mending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        end.Message.ShouldContain("succeeded");
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

    private static bool IsEnd(string message) =>
        message.Contains(" after ", StringComparison.Ordinal)
        && new[] { ":white_check_mark: Run #", ":x: Run #" }.Any(end =>
            message.Contains(end, StringComparison.Ordinal)
        );
}
