using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Journals;

/// <summary>One line of the journal: what happened, to which run, through whom. Never changed, never removed.</summary>
/// <param name="Number">rises by one through the whole journal</param>
/// <param name="Run">null for what belongs to no run (a refused command)</param>
/// <param name="Hash">SHA-256 over the entry before and this one, lower-case hex</param>
public sealed record Entry(long Number, RunId? Run, DateTimeOffset At, Person By, RunEvent What, string Hash);
