namespace PlatformBot.CrashMatrix;

/// <summary>A runbook that is carried through while the bot dies: what people do besides pressing buttons, and how it should end.</summary>
internal abstract class Rehearsal
{
    /// <summary>What is typed into the channel.</summary>
    public abstract string Command { get; }

    /// <summary>How long it may take, with all its deaths.</summary>
    public abstract TimeSpan Limit { get; }

    /// <summary>Makes the world ready for the next run.</summary>
    public abstract void Prepare();

    /// <summary>Does what a manual step asks for.</summary>
    public abstract void DoByHand(string step);

    /// <summary>Looks at the world, as a careful person does before pressing a button under a failed step.</summary>
    /// <param name="said">what the bot says about the failure</param>
    public abstract Advice Look(string step, string said);

    /// <summary>What the world itself says is wrong: done twice, or missing.</summary>
    public abstract IEnumerable<string> Wrong();
}
