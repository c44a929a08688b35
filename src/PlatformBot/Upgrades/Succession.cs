using PlatformBot.Core;

namespace PlatformBot.Upgrades;

/// <summary>May this release follow those that run? The same, a later patch, or the next minor; never an earlier one.</summary>
internal static class Succession
{
    /// <param name="running">who runs what: (infra-01, 1.11.2)</param>
    /// <returns>a line for people</returns>
    public static Result<string> Check(IReadOnlyList<(string Who, Release Release)> running, Release to)
    {
        foreach (var (who, now) in running)
        {
            if (now.IsNewerThan(to))
            {
                return new Refusal(
                    $"{who} runs {now}, which is newer than {to}",
                    "an upgrade never goes back: name a newer release, or undo the upgrade with `/platform rollback` of its run"
                );
            }

            if (now.Major != to.Major || to.Minor - now.Minor > 1)
            {
                return new Refusal(
                    $"{who} runs {now}, and {to} skips a minor",
                    now.Major != to.Major
                        ? "read its upgrade notes: no runbook goes from one major to the next"
                        : $"upgrade to the latest {now.Major}.{now.Minor + 1} first, and to {to} when that has settled"
                );
            }
        }

        return running.Count == 0
            ? new Refusal("nothing was found that runs a release", "look at what the command before printed")
            : $"{to} may follow: {string.Join(", ", running.Select(one => $"{one.Who} runs {one.Release}"))}";
    }
}
