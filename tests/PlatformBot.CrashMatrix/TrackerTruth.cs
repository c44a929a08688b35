using PlatformBot.Core.Incidents;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;

namespace PlatformBot.CrashMatrix;

/// <summary>What must be true in the tracker; each method names what is not.</summary>
internal static class TrackerTruth
{
    /// <summary>Open only what is not as it should be, and nothing said twice.</summary>
    public static IEnumerable<string> OfRun(Town town, Run run)
    {
        var issues = town.World.Tracker.Issues;

        foreach (var incident in run.Incidents.Values)
        {
            var issue = issues.FirstOrDefault(each => each.Number == incident.Issue?.Number);

            if (issue is null || issue.IsOpen != (incident.State is not IncidentState.Closed))
                yield return $"the issue of {incident.Step} is {issue?.State ?? "missing"}, and its incident {incident.State}";
        }

        foreach (var issue in issues)
        {
            foreach (var twice in Twice(issue.Comments.Select(comment => comment.Body.TrimEnd().Split('\n')[^1])))
                yield return $"issue {issue.Number} has a comment twice: {twice}";
        }
    }

    /// <summary>For all runs of the town: an issue for each fault that the journals tell of, and no other.</summary>
    public static IEnumerable<string> OfIssues(Town town, IEnumerable<Entry> all)
    {
        var told = all.Select(entry => entry.What)
            .OfType<RunEvent.IncidentReported>()
            .Select(e => e.Issue.Number)
            .ToList();

        foreach (var twice in told.GroupBy(each => each).Where(same => same.Count() > 1))
            yield return $"issue {twice.Key} is for {twice.Count()} faults";

        foreach (var issue in town.World.Tracker.Issues.Where(issue => !told.Contains(issue.Number)))
            yield return $"issue {issue.Number} is for no fault: {issue.Title}";
    }

    private static IEnumerable<string> Twice(IEnumerable<string> all) =>
        all.GroupBy(each => each, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => same.Key);
}
