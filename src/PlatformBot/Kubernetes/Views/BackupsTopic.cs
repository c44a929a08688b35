using System.Text.Json;
using PlatformBot.Core.Chat;

namespace PlatformBot.Kubernetes.Views;

/// <summary>How old the newest good backups are: Velero's, VolSync's, CloudNativePG's.</summary>
internal static class BackupsTopic
{
    /// <summary>Daily, with some hours to run.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromHours(26);

    public static async Task<ClusterFinding?> LookAsync(Glance glance, CancellationToken cancelled)
    {
        var velero = glance.ListAsync("Backup", ["velero.io/v1"], cancelled);
        var sources = glance.ListAsync("ReplicationSource", ["volsync.backube/v1alpha1"], cancelled);
        var databases = glance.ListAsync("Cluster", ["postgresql.cnpg.io/v1"], cancelled);
        await Task.WhenAll(velero, sources, databases);

        if (await velero is null && await sources is null && await databases is null)
            return null;

        var said = new List<string>();
        var troubles = new List<(Health, string)>();
        Velero(glance, await velero, said, troubles);
        Each(glance, "VolSync", await sources, item => item.Text("status", "lastSyncTime"), said, troubles);
        Each(glance, "PostgreSQL", [.. (await databases ?? []).Where(IsBackedUp)], LastOf, said, troubles);
        return Glance.Finding("backups", said.Count == 0 ? "none is set up" : string.Join("; ", said), troubles);
    }

    private static void Velero(
        Glance glance,
        IReadOnlyList<JsonElement>? backups,
        List<string> said,
        List<(Health, string)> troubles
    )
    {
        if (backups is null)
            return;

        var newest = backups
            .Where(backup => backup.Text("status", "phase") == "Completed")
            .Select(backup => Glance.Moment(backup.Text("status", "completionTimestamp")))
            .Max();
        Tell(glance, "Velero", "the newest backup", newest, said, troubles);

        // Those before the newest good one have been made good.
        foreach (var failed in backups.Where(backup => HasFailed(backup) && !(Begun(backup) < newest)))
            troubles.Add((Health.Ill, $"Velero {failed.Name()} is {failed.Text("status", "phase")}"));
    }

    private static bool HasFailed(JsonElement backup) =>
        backup.Text("status", "phase") is "Failed" or "PartiallyFailed" or "FailedValidation";

    private static DateTimeOffset? Begun(JsonElement backup) =>
        Glance.Moment(backup.Text("status", "startTimestamp") ?? backup.Text("metadata", "creationTimestamp"));

    /// <summary>Each of its own, so the oldest counts.</summary>
    private static void Each(
        Glance glance,
        string what,
        IReadOnlyList<JsonElement>? items,
        Func<JsonElement, string?> last,
        List<string> said,
        List<(Health, string)> troubles
    )
    {
        if (items is null or [])
            return;

        var (name, moment) = items
            .Select(item => (Name: item.FullName(), Moment: Glance.Moment(last(item))))
            .OrderBy(each => each.Moment ?? DateTimeOffset.MinValue)
            .First();
        Tell(glance, what, items.Count == 1 ? name : $"the oldest of {items.Count}, {name}", moment, said, troubles);
    }

    private static void Tell(
        Glance glance,
        string what,
        string which,
        DateTimeOffset? moment,
        List<string> said,
        List<(Health, string)> troubles
    )
    {
        if (moment is not { } done)
        {
            said.Add($"{what}: none yet");
            troubles.Add((Health.Attention, $"{what}: {which} has never been completed"));
            return;
        }

        var age = glance.Now - done;
        said.Add($"{what}: {which} is {Glance.Rough(age)} old");

        if (age > Late)
            troubles.Add((Health.Attention, $"{what}: {which} is late ({Glance.Rough(age)})"));
    }

    private static bool IsBackedUp(JsonElement database) =>
        database.Has("spec", "backup") || LastOf(database) is not null;

    private static string? LastOf(JsonElement database) => database.Text("status", "lastSuccessfulBackup");
}
