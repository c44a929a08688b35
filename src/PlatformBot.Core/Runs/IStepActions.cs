using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>How an action ended.</summary>
public enum Verdict
{
    /// <summary>It did what it says.</summary>
    Done,

    /// <summary>The tool said that the effect was there already; verification decides.</summary>
    AlreadyThere,

    /// <summary>It did not work; trying again may help.</summary>
    Retry,

    /// <summary>It did not work; trying again is useless until somebody changes something.</summary>
    Failed,

    /// <summary>Nobody but a person can tell what to do.</summary>
    AskPerson,
}

/// <summary>What an action did, already redacted.</summary>
/// <param name="Said">One line for people: "exit 1: context deadline exceeded".</param>
/// <param name="Command">The argv that ended it, as one would type it; null for API actions.</param>
/// <param name="Output">The end of what it printed (stdout and stderr as they came), at most 16 KiB.</param>
/// <param name="Explanation">What the tool's own file says that means; null when it says nothing.</param>
public sealed record ActionOutcome(
    Verdict Verdict,
    string Said,
    string? Command = null,
    int? ExitCode = null,
    string Output = "",
    string? Explanation = null
)
{
    /// <summary>What whoever did it warned of although it went well, for the end of a sentence; redacted. null when nobody did.</summary>
    public string? Warned { get; init; }
}

/// <summary>What a check saw.</summary>
/// <param name="Holds">null when it could not be told (the server did not answer, the look timed out)</param>
/// <param name="Saw">One line: "2 of 3 pods of daemonset kube-system/cilium ready; cilium-x7 is ImagePullBackOff".</param>
/// <param name="Hopeless">The condition can never come true by waiting (a Job has failed).</param>
public sealed record CheckOutcome(bool? Holds, string Saw, bool Hopeless = false);

/// <summary>What applying one object would do to its cluster now.</summary>
/// <param name="Object">"deployment demo/web"</param>
/// <param name="Details">what would change (".spec.replicas: 2 → 3"), or why that cannot be told; redacted</param>
public sealed record ApplyPreview(string Object, ApplyEffect Effect, IReadOnlyList<string> Details);

/// <summary>What becomes of an object that is applied.</summary>
public enum ApplyEffect
{
    /// <summary>The cluster does not answer, or refuses the object.</summary>
    Unknown,

    /// <summary>It is as it would be.</summary>
    Nothing,

    Create,
    Change,
}

/// <summary>A process that exists. Start time (kernel ticks) and boot id tell it from a later one with the same pid.</summary>
public sealed record ProcessFact(string Tool, int Pid, string StartTime, string BootId);

/// <summary>What an action reports while it is under way.</summary>
/// <param name="Progress">a line for people, redacted</param>
/// <param name="Started">a process exists; called before it is waited on</param>
public sealed record StepObserver(Action<string> Progress, Action<ProcessFact> Started);

/// <summary>The only way in which runs touch the world.</summary>
public interface IStepActions
{
    /// <summary>
    /// Does what the step says, once. Ends when <paramref name="cancelled"/> fires, after the
    /// step's processes are gone, with <see cref="OperationCanceledException"/>. Never throws for what the world answers.
    /// </summary>
    Task<ActionOutcome> ActAsync(PlannedStep step, StepObserver observer, CancellationToken cancelled);

    /// <summary>Looks once. Changes nothing. Never throws for what the world answers.</summary>
    Task<CheckOutcome> CheckAsync(PlannedCheck check, CancellationToken cancelled);

    /// <summary>
    /// Follows the cluster until what is waited for holds (Holds is true) or has looked hopeless for too long. Ends with
    /// <see cref="OperationCanceledException"/> when <paramref name="cancelled"/> fires.
    /// </summary>
    /// <param name="progress">gets what stands in the way whenever that has changed, redacted</param>
    Task<CheckOutcome> UntilAsync(PlannedWait wait, Action<string> progress, CancellationToken cancelled);

    /// <summary>What applying would do now, object by object. Changes nothing: the API server itself rehearses it.</summary>
    Task<IReadOnlyList<ApplyPreview>> PreviewAsync(PlannedAction.Apply apply, CancellationToken cancelled);

    /// <summary>
    /// What explains a failure of this step on its cluster: pods that are not well, their events and the ends of their logs,
    /// as Markdown for an issue; "" when the cluster cannot be asked. Redacted.
    /// </summary>
    Task<string> DiagnoseAsync(PlannedStep step, CancellationToken cancelled);

    /// <summary>
    /// Ends what is left of processes that this bot had started on this host before it died, with all that they started; returns when they are
    /// gone. Harmless when nothing is left, or when they were another host's.
    /// </summary>
    /// <param name="processes">those that were written down; others are found by what they inherited</param>
    Task EndLeftoversAsync(IReadOnlyList<ProcessFact> processes);

    /// <summary>The tools that the plan needs and the host does not have, each with the steps that need it.</summary>
    IReadOnlyList<string> MissingTools(Plan plan);
}
