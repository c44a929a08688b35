using PlatformBot.Sandbox;

namespace PlatformBot.CrashMatrix;

/// <summary>What is played.</summary>
internal static class Plays
{
    /// <summary>The shipped runbook, with many deaths in each run.</summary>
    public const string Long = "bootstrap";

    /// <summary>Short ones, with a death each time, in the order in which they are played.</summary>
    public static IReadOnlyDictionary<string, Func<SandboxWorld, Rehearsal>> Short { get; } =
        new Dictionary<string, Func<SandboxWorld, Rehearsal>>
        {
            ["keep"] = world => new KeepRehearsal(world),
            ["undo"] = world => new UndoRehearsal(world),
            ["yield"] = world => new YieldRehearsal(world),
        };
}
