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

    [Fact]
    public async Task What_is_restored_lies_beside_what_is_used_runs_nothing_and_goes_when_a_second_person_agrees()
    {
        await platform.BackUpAsync();
        var apps = platform.World.Twin.Clusters["apps"].Objects;

        var restored = await platform.PlayAsync("restore-namespace apps harbor");

        restored.Asked.ShouldBeEmpty();
        restored.End.ShouldContain("**What Velero kept of harbor, restored**");
        apps.List("v1", "PersistentVolumeClaim", "harbor-restore").Count.ShouldBeGreaterThan(0);
        apps.List("v1", "Pod", "harbor-restore").ShouldBeEmpty();
        apps.List("helm.toolkit.fluxcd.io/v2", "HelmRelease", "harbor-restore").ShouldBeEmpty();

        // Old and new are never mixed.
        var again = await platform.PlayAsync("restore-namespace apps harbor");
        again.Asked.ShouldHaveSingleItem().ShouldStartWith("apps/free: ");
        again.End.ShouldNotContain("succeeded");

        var gone = await platform.PlayAsync("restore-cleanup apps harbor");
        gone.End.ShouldContain("succeeded");
        apps.List("v1", "Namespace", "").ShouldNotContain(one => (string?)one["metadata"]!["name"] == "harbor-restore");
    }

    [Fact]
    public async Task PostgreSQL_as_it_was_is_made_beside_the_one_in_use()
    {
        var restored = await platform.PlayAsync("restore-database registry");

        restored.Asked.ShouldBeEmpty();
        restored.End.ShouldContain("**PostgreSQL restored**");
        Postgres().ShouldBe(["postgres", "postgres-restore"]);

        (await platform.PlayAsync("restore-database-cleanup")).End.ShouldContain("succeeded");
        Postgres().ShouldBe(["postgres"]);
    }

    [Fact]
    public async Task The_weekly_test_measures_what_happened_and_leaves_nothing_behind()
    {
        await platform.BackUpAsync();

        var played = await platform.MeasureAsync("dr-test-tier1");

        played.Asked.ShouldBeEmpty();
        played.End.ShouldContain("succeeded");

        foreach (
            var (what, limit) in new[]
            {
                ("RTO of a pod", "1 min"),
                ("RTO of PostgreSQL from the NAS", "1 h 20 min"),
                ("RTO of a namespace", "45 min"),
            }
        )
        {
            played.End.ShouldMatch($@"\*\*{what}\*\*: (?!0 s).+, limit {limit}\.");
        }

        Postgres().ShouldBe(["postgres"]);
        var apps = platform.World.Twin.Clusters["apps"].Objects;
        apps.List("v1", "Namespace", "").ShouldNotContain(one => (string?)one["metadata"]!["name"] == "harbor-drtest");
        apps.List("velero.io/v1", "Restore", "velero")
            .ShouldNotContain(one => (string?)one["metadata"]!["name"] == "harbor-drtest");
    }

    [Fact]
    public async Task Changes_that_never_reached_the_NAS_fail_the_test_and_what_it_made_goes_all_the_same()
    {
        await platform.BackUpAsync();

        var played = await platform.PlayAsync(
            "dr-test-tier1 --only postgres-free,database,database-age,database-cleanup",
            "infra/backup-stale"
        );

        played.Rehearsed.Run.Incidents.ShouldContainKey("database-age");
        Postgres().ShouldBe(["postgres"]);
    }

    [Fact]
    public async Task The_monthly_test_says_how_long_nobody_could_write()
    {
        var before = Primary();

        var played = await platform.MeasureAsync("dr-test-tier2");

        played.Asked.ShouldBeEmpty();
        played.End.ShouldContain("succeeded");
        played.End.ShouldMatch(@"\*\*RTO of PostgreSQL's primary\*\*: (?!0 s).+, limit 1 min\.");
        Primary().ShouldNotBe(before);
    }

    private IEnumerable<string> Postgres() =>
        platform
            .World.Twin.Clusters["infra"]
            .Objects.List("postgresql.cnpg.io/v1", "Cluster", "databases")
            .Select(one => (string)one["metadata"]!["name"]!)
            .Order(StringComparer.Ordinal);

    private string Primary() =>
        (string)
            platform
                .World.Twin.Clusters["infra"]
                .Objects.List("postgresql.cnpg.io/v1", "Cluster", "databases")
                .Single(one => (string?)one["metadata"]!["name"] == "postgres")["status"]!["currentPrimary"]!;
}
