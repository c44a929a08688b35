using PlatformBot.Core.Journals;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Ledgers;

/// <summary>Somebody approved something alone, in an emergency.</summary>
/// <param name="Approval">of what in the run: "infra/foundation"</param>
/// <param name="Digest">of the plan that they saw</param>
public sealed record Glass(
    long Number,
    RunId Run,
    string Approval,
    string Digest,
    Person By,
    string Reason,
    DateTimeOffset At
)
{
    /// <summary>The second person, and what they say of it; null while nobody has looked.</summary>
    public Glance? Reviewed { get; init; }

    /// <summary>What approving it took a role for; of a run that nobody can find, nothing in particular.</summary>
    public Reach Reach(RunHost runs) =>
        runs.Look(Run) is { } run ? Roles.Reach.Of(run, Approval) : new Reach("", [], []);

    internal static Glass Of(RunEvent.GlassBroken broken, Entry entry) =>
        new(broken.Number, new RunId(broken.Run), broken.Approval, broken.Digest, entry.By, broken.Reason, entry.At);
}
