using System.Globalization;

namespace PlatformBot.CrashMatrix;

/// <summary>Counts crash points and violations by kind of point, and prints them as a table.</summary>
internal sealed class Report(TextWriter to)
{
    private readonly Lock _turn = new();
    private readonly Dictionary<(string Runbook, PointKind Kind), int> _deaths = [];
    private readonly Dictionary<(string Runbook, PointKind Kind), int> _violations = [];

    public int Deaths => _deaths.Values.Sum();

    public int Violations { get; private set; }

    /// <param name="replay">the arguments that play this again</param>
    public void Add(string runbook, string replay, Outcome outcome)
    {
        lock (_turn)
        {
            foreach (var death in outcome.Deaths)
                Count(_deaths, runbook, death.Point.Kind);

            if (outcome.Wrong.Count == 0)
                return;

            Violations++;

            foreach (var kind in outcome.Deaths.Select(death => death.Point.Kind).Distinct())
                Count(_violations, runbook, kind);

            to.WriteLine($"VIOLATION {runbook} {replay}");
            to.WriteLine($"  killed at {string.Join(", ", outcome.Deaths)}");

            foreach (var wrong in outcome.Wrong)
                to.WriteLine($"  - {wrong.ReplaceLineEndings("\n    ")}");
        }
    }

    public void Say(string line)
    {
        lock (_turn)
            to.WriteLine(line);
    }

    public void Table()
    {
        var runbooks = _deaths.Keys.Select(key => key.Runbook).Distinct(StringComparer.Ordinal).Order().ToList();
        to.WriteLine($"| killed | {string.Join(" | ", runbooks)} | violations |");
        to.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---:|", runbooks.Count + 1))}");

        foreach (var kind in Enum.GetValues<PointKind>())
        {
            var counts = runbooks.Select(runbook => $"{_deaths.GetValueOrDefault((runbook, kind))}");
            var wrong = runbooks.Sum(runbook => _violations.GetValueOrDefault((runbook, kind)));
            to.WriteLine($"| {PointWords.Of(kind)} | {string.Join(" | ", counts)} | {wrong} |");
        }

        var sums = runbooks.Select(runbook =>
            _deaths
                .Where(pair => pair.Key.Runbook == runbook)
                .Sum(pair => pair.Value)
                .ToString(CultureInfo.InvariantCulture)
        );
        to.WriteLine($"| **all** | {string.Join(" | ", sums)} | {Violations} |");
    }

    private static void Count(Dictionary<(string, PointKind), int> counts, string runbook, PointKind kind) =>
        counts[(runbook, kind)] = counts.GetValueOrDefault((runbook, kind)) + 1;
}
