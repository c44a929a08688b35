using System.Text.Json;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Approvals;

/// <summary>What was asked for before: earlier runs of the same command.</summary>
public sealed class Precedents(IJournal journal)
{
    /// <summary>Whatever is further back is no news to anybody, and reading it takes time.</summary>
    private const int MostRuns = 20;

    /// <summary>Runs that asked for the approval of this name, the newest first.</summary>
    public IReadOnlyList<Run> Of(Run run, string approval)
    {
        var found = new List<Run>();

        try
        {
            found.AddRange(
                journal
                    .Recent(MostRuns)
                    .Where(line => line.Id.Number < run.Id.Number && line.Title.Split(' ')[0] == run.Plan.Command)
                    .Select(line => Run.Replay(journal.Read(line.Id)))
                    .OfType<Run>()
                    .Where(earlier => earlier.Approvals.ContainsKey(approval))
            );
        }
        catch (JsonException)
        {
            // What cannot be read may have been a denial: nothing older counts.
        }

        return found;
    }
}
