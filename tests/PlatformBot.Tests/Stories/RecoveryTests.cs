using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>Day 2, at three in the morning: backups that must be there, and what is made of them.</summary>
public sealed class RecoveryTests(BuiltPlatform platform) : IClassFixture<BuiltPlatform>
{
    private const string Partial = "infra/velero-partially-failed";
    private const string Away = "apps/nas-away";

    [Fact]
    public async Task A_backup_says_what_it_made_and_leaves_no_snapshot_of_etcd_behind()
    {
        var played = await platform.PlayAsync("backup all");

        played.Asked.ShouldBeEmpty();
        played.End.ShouldContain("succeeded");

        var parts = new[]
        {
            "etcd of infra",
            "etcd of apps",
            "Objects and volumes of apps",
            "PostgreSQL's base backup",
        };
        parts
            .Where(part => !played.End.Contains($":white_check_mark: **{part}**: ", StringComparison.Ordinal))
            .ShouldBeEmpty(played.End);

        var nas = platform.World.Twin.Nas;
        var kept = nas.FileAt("velero-backups/etcd/infra/etcd-infra.db.age").ShouldNotBeNull();
        kept.Text.ShouldStartWith("age-encryption.org/v1");
        kept.Text.ShouldNotContain("snapshot");
        Directory.GetFiles(Path.Combine(platform.World.Runtime, "files")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_backup_that_failed_in_part_is_no_backup_although_velero_ends_with_0()
    {
        var played = await platform.PlayAsync("backup all", Partial, Away);

        played.Asked.ShouldContain(asked =>
            asked.StartsWith("infra/objects: ", StringComparison.Ordinal)
            && asked.Contains("is PartiallyFailed, not Completed", StringComparison.Ordinal)
        );
        played.Asked.ShouldContain(asked =>
            asked.StartsWith("apps/objects: ", StringComparison.Ordinal)
            && asked.Contains("is FailedValidation, not Completed", StringComparison.Ordinal)
        );
        // The others were made meanwhile; after the faults were mended, the run got there.
        played.Asked.ShouldAllBe(asked => asked.Contains("/objects: ", StringComparison.Ordinal));
        played.End.ShouldContain("succeeded");
    }

    [Fact]
    public async Task Infra_is_not_erased_while_apps_leans_on_it()
    {
        var played = await platform.PlayAsync("reset infra");

        played.Asked.ShouldContain(asked =>
            asked.StartsWith("infra/nobody-leans: ", StringComparison.Ordinal)
            && asked.Contains("finds 1, expected 0", StringComparison.Ordinal)
        );
        played.End.ShouldContain("given up by @ada");
        platform.World.Twin.Clusters["infra"].ApiIsUp.ShouldBeTrue();
    }
}
