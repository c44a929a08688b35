using PlatformBot.Core;
using PlatformBot.Core.Runs;
using PlatformBot.Sandbox.Twin.Vault;

namespace PlatformBot.CrashMatrix;

/// <summary>What a post with buttons asks.</summary>
/// <param name="About">the step or phase</param>
/// <param name="Said">all that stands there</param>
internal sealed record Question(RunId Run, string About, string Said)
{
    /// <summary>A compensation did not work, or nobody knows whether it did.</summary>
    public bool IsAboutUndoing => Said.Contains("could not be undone", StringComparison.Ordinal);
}

/// <summary>What somebody who has looked says about a failed step.</summary>
internal enum Advice
{
    /// <summary>It cannot be told yet.</summary>
    Wait,

    /// <summary>It is not done; or its probe will find that it is.</summary>
    Retry,

    /// <summary>It is done, and nothing but a person can see that.</summary>
    Skip,
}

/// <summary>Something that is carried through while the bot dies: what people do besides pressing buttons, and how it should end.</summary>
internal abstract class Rehearsal
{
    /// <summary>Where it is played now; null before it is played.</summary>
    public Stage? Stage { get; set; }

    /// <summary>How long it may take, with all its deaths.</summary>
    public abstract TimeSpan Limit { get; }

    /// <summary>Makes the world ready for the next time.</summary>
    public abstract void Prepare();

    /// <summary>What people type, and when; returns when nobody has anything to say any more.</summary>
    public abstract Task PlayAsync(Stage stage, CancellationToken cancellationToken);

    /// <summary>Does what a manual step asks for. False: nobody does it yet.</summary>
    public abstract bool DoByHand(Question question);

    /// <summary>Looks at the world, as a careful person does before pressing a button under a failed step. Nobody touches it while the bot does.</summary>
    public abstract Advice Look(Question question);

    /// <summary>How each of its runs may end, in the order in which they are asked for.</summary>
    public abstract IReadOnlyList<RunState[]> Ends { get; }

    /// <summary>What the world itself says is wrong: done twice, or missing.</summary>
    public abstract IEnumerable<string> Wrong(IReadOnlyList<Run> runs);

    protected static void RemoveByHand(PasswordVault vault, string from, string title)
    {
        foreach (var item in vault.Find(from, title))
            vault.Remove(item);
    }
}

/// <summary>A single run that nobody interferes with.</summary>
internal abstract class OneRun : Rehearsal
{
    public override IReadOnlyList<RunState[]> Ends =>
        [
            [RunState.Succeeded],
        ];

    /// <summary>What is typed into the channel.</summary>
    protected abstract string Command { get; }

    public override Task PlayAsync(Stage stage, CancellationToken cancellationToken) =>
        stage.AskAsync("ada", Command, cancellationToken);
}
