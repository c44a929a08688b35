using System.Collections.Immutable;

namespace PlatformBot.Core.Runs;

/// <summary>Where one step of a run stands.</summary>
public sealed record StepProgress
{
    public StepState State { get; init; } = StepStates.Table.Start;

    /// <summary>The attempt that is or was last under way; 0 before the first.</summary>
    public int Attempt { get; init; }

    /// <summary>When the first attempt started; null while none has.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the attempt that is or was last under way started; null before the first.</summary>
    public DateTimeOffset? AttemptAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>From the first attempt to the end, retries, proof and people's time included; zero when it did nothing or has not ended.</summary>
    public TimeSpan Took => StartedAt is { } from && EndedAt is { } to ? to - from : TimeSpan.Zero;

    /// <summary>What the last look or action said, in one line.</summary>
    public string Saw { get; init; } = "";

    /// <summary>The last failure, also while it waits to be tried again.</summary>
    public Failure? Failure { get; init; }

    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>What a person said they saw, for a manual step; null while nobody has, or a second person did not believe it.</summary>
    public Evidence? Evidence { get; init; }

    /// <summary>Why the evidence before was not believed; null when it was, or when there was none.</summary>
    public Glance? Rejected { get; init; }

    /// <summary>For a manual step: since when it waits for the person who is next; null before its first attempt.</summary>
    public DateTimeOffset? AsksSince => Evidence?.At ?? Rejected?.At ?? AttemptAt;

    /// <summary>The bot died while it ran: only a probe or a person may say what happened.</summary>
    public bool WasInterrupted { get; init; }

    /// <summary>Its compensation did not work, and a person wants it tried again.</summary>
    public bool UndoAgain { get; init; }

    /// <summary>An attempt has acted, or was cut off while it may have, and nothing has undone that since.</summary>
    public bool MayStand { get; init; }

    /// <summary>What its last attempt did was undone by the bot itself, because it could not be proven.</summary>
    public bool IsTakenBack { get; init; }

    /// <summary>The processes of the attempt that is or was last under way.</summary>
    public ImmutableList<ProcessFact> Processes { get; init; } = [];

    /// <summary>After an attempt that did not work.</summary>
    public StepProgress After(Failure failure) =>
        this with
        {
            Saw = failure.Said,
            Failure = failure,
            MayStand = MayStand || !failure.NothingDone,
        };

    /// <summary>Follows the table; a trigger that is not permitted changes nothing.</summary>
    public StepProgress Fire(StepTrigger trigger) =>
        this with
        {
            State = StepStates.Table.Next(State, trigger) ?? State,
        };
}
