namespace PlatformBot.CrashMatrix;

/// <summary>What is asked of the matrix.</summary>
/// <param name="Runbook">"keep", "bootstrap", or "" for both</param>
/// <param name="Sample">how many points of the short runbook; null for all</param>
/// <param name="Runs">of the long runbook</param>
/// <param name="Deaths">in each of those</param>
/// <param name="Point">only this one, of the short runbook</param>
internal sealed record Options(string Runbook, int? Sample, int Runs, int Deaths, int Seed, Point? Point, bool Verbose)
{
    public bool Has(string runbook) => Runbook.Length == 0 || Runbook == runbook;
}
