using System.Text.Json.Serialization;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Incidents;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>
/// The closed list of everything that can happen. A kind that has been shipped never changes its meaning; a new meaning
/// is a new kind.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Planned), "planned")]
[JsonDerivedType(typeof(ApprovalAsked), "approval-asked")]
[JsonDerivedType(typeof(ApprovalCarried), "approval-carried")]
[JsonDerivedType(typeof(InputsSeen), "inputs-seen")]
[JsonDerivedType(typeof(Voted), "voted")]
[JsonDerivedType(typeof(ApprovalExpired), "approval-expired")]
[JsonDerivedType(typeof(ApprovedAlone), "approved-alone")]
[JsonDerivedType(typeof(StepAlreadyDone), "step-already-done")]
[JsonDerivedType(typeof(StepStarted), "step-started")]
[JsonDerivedType(typeof(ProcessStarted), "process-started")]
[JsonDerivedType(typeof(StepActed), "step-acted")]
[JsonDerivedType(typeof(StepSucceeded), "step-succeeded")]
[JsonDerivedType(typeof(StepFailed), "step-failed")]
[JsonDerivedType(typeof(StepTurnedRed), "step-turned-red")]
[JsonDerivedType(typeof(StepTakenBack), "step-taken-back")]
[JsonDerivedType(typeof(StepNotTakenBack), "step-not-taken-back")]
[JsonDerivedType(typeof(StepInterrupted), "step-interrupted")]
[JsonDerivedType(typeof(StepCancelled), "step-cancelled")]
[JsonDerivedType(typeof(StepRetried), "step-retried")]
[JsonDerivedType(typeof(StepSkipped), "step-skipped")]
[JsonDerivedType(typeof(EvidenceGiven), "evidence-given")]
[JsonDerivedType(typeof(EvidenceConfirmed), "evidence-confirmed")]
[JsonDerivedType(typeof(EvidenceRejected), "evidence-rejected")]
[JsonDerivedType(typeof(CancelAsked), "cancel-asked")]
[JsonDerivedType(typeof(LocksTaken), "locks-taken")]
[JsonDerivedType(typeof(UnlockAsked), "unlock-asked")]
[JsonDerivedType(typeof(LocksGivenUp), "locks-given-up")]
[JsonDerivedType(typeof(Paused), "paused")]
[JsonDerivedType(typeof(Resumed), "resumed")]
[JsonDerivedType(typeof(RollbackAsked), "rollback-asked")]
[JsonDerivedType(typeof(RollbackStarted), "rollback-started")]
[JsonDerivedType(typeof(StepRolledBack), "step-rolled-back")]
[JsonDerivedType(typeof(RollbackFailed), "rollback-failed")]
[JsonDerivedType(typeof(Ended), "ended")]
[JsonDerivedType(typeof(Closed), "closed")]
[JsonDerivedType(typeof(IncidentReported), "incident-reported")]
[JsonDerivedType(typeof(IncidentClosed), "incident-closed")]
[JsonDerivedType(typeof(Announced), "announced")]
[JsonDerivedType(typeof(NoticePosted), "notice-posted")]
[JsonDerivedType(typeof(NamePinned), "name-pinned")]
[JsonDerivedType(typeof(ClusterPinned), "cluster-pinned")]
[JsonDerivedType(typeof(ClusterUnpinned), "cluster-unpinned")]
[JsonDerivedType(typeof(RulesRead), "rules-read")]
[JsonDerivedType(typeof(NoticeClosed), "notice-closed")]
[JsonDerivedType(typeof(Frozen), "frozen")]
[JsonDerivedType(typeof(ThawAsked), "thaw-asked")]
[JsonDerivedType(typeof(ThawVoted), "thaw-voted")]
[JsonDerivedType(typeof(ThawExpired), "thaw-expired")]
[JsonDerivedType(typeof(Thawed), "thawed")]
[JsonDerivedType(typeof(GlassBroken), "glass-broken")]
[JsonDerivedType(typeof(GlassReviewed), "glass-reviewed")]
[JsonDerivedType(typeof(Refused), "refused")]
[JsonDerivedType(typeof(Suspected), "suspected")]
[JsonDerivedType(typeof(Exported), "exported")]
[JsonDerivedType(typeof(ConsoleOpened), "console-opened")]
public abstract record RunEvent
{
    private RunEvent() { }

    /// <summary>How a person's word came in; null for what the bot does by itself.</summary>
    [JsonPropertyOrder(100)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Origin? Origin { get; init; }

    /// <summary>A plan was made and frozen; the run exists.</summary>
    /// <param name="Channel">where it is shown; "" when chat was away</param>
    public sealed record Planned(Plan Plan, string Channel) : RunEvent;

    /// <param name="Phase">a phase's id, <see cref="Run.WholeRun"/>, <see cref="Run.Rollback"/> or <see cref="Run.Unlock"/></param>
    /// <param name="Digest">of the plan, together with the inputs where there are any</param>
    /// <param name="AskedBy">whose vote never counts; null for the run's requester</param>
    /// <param name="Inputs">what its destructive steps read besides their own words; null for nothing, and in journals from before this was looked at</param>
    /// <param name="Since">what is new since the same was approved last; null when it never was</param>
    public sealed record ApprovalAsked(
        string Phase,
        string Digest,
        int Quorum,
        DateTimeOffset ExpiresAt,
        Person? AskedBy = null,
        IReadOnlyList<Pin>? Inputs = null,
        Comparison? Since = null
    ) : RunEvent;

    /// <summary>What is asked for was approved already, for the run before; nothing in it is new, and the votes count for this run, too.</summary>
    /// <param name="From">the number of that run</param>
    public sealed record ApprovalCarried(string Phase, long From, IReadOnlyList<CarriedVote> Votes) : RunEvent;

    /// <summary>Inputs that were not there when an approval was asked for, and are now because of what the run did. From now on they must stay so.</summary>
    public sealed record InputsSeen(string Phase, IReadOnlyList<Pin> Inputs) : RunEvent;

    /// <param name="Digest">what the voter saw</param>
    /// <param name="Via">button, dialog, slash, mention or console</param>
    /// <param name="Typed">the names that were typed, because what was voted on cannot be undone; null when none had to be</param>
    public sealed record Voted(
        string Phase,
        Decision Decision,
        string Digest,
        string? Reason,
        string Via,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Typed = null
    ) : RunEvent
    {
        /// <summary>Which of the groups that must approve the voter was of; null when there are none.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<string>? Roles { get; init; }
    }

    public sealed record ApprovalExpired(string Phase) : RunEvent;

    /// <summary>One person alone approved, in an emergency, whatever the rule says of how many must; always after a <see cref="GlassBroken"/>.</summary>
    /// <param name="Digest">of the plan that they saw</param>
    /// <param name="Glass">the number of the glass</param>
    /// <param name="Role">which lets them do so</param>
    public sealed record ApprovedAlone(string Phase, string Digest, string Reason, long Glass, string Role) : RunEvent;

    /// <summary>The probe held: nothing was run.</summary>
    public sealed record StepAlreadyDone(string Step, string Saw) : RunEvent;

    /// <summary>Durable before the action begins.</summary>
    public sealed record StepStarted(string Step, int Attempt) : RunEvent;

    /// <summary>A process of the step exists. Start time and boot id tell it from a later process with the same pid.</summary>
    public sealed record ProcessStarted(string Step, string Tool, int Pid, string StartTime, string BootId) : RunEvent;

    /// <summary>The action did its work; what is left is to prove it.</summary>
    public sealed record StepActed(string Step, string Said) : RunEvent;

    public sealed record StepSucceeded(string Step, string Saw) : RunEvent;

    /// <param name="RetryAt">when the bot tries again by itself; null when a person must decide</param>
    public sealed record StepFailed(string Step, Failure Failure, DateTimeOffset? RetryAt) : RunEvent;

    /// <summary>The bot died while the step ran; found on the next start.</summary>
    public sealed record StepInterrupted(string Step) : RunEvent;

    public sealed record StepCancelled(string Step, string Said) : RunEvent;

    /// <summary>
    /// A step that undoes itself has begun and failed. Durable before it is taken back, and from here on that is what happens to it,
    /// through every crash.
    /// </summary>
    public sealed record StepTurnedRed(string Step, Failure Failure) : RunEvent;

    /// <summary>What the step did is undone; how it goes on, a person decides.</summary>
    /// <param name="Failure">for which it was taken back, now with what the cluster showed meanwhile</param>
    public sealed record StepTakenBack(string Step, Failure Failure) : RunEvent;

    /// <summary>It could not be undone, and stays as it is until a person has looked.</summary>
    public sealed record StepNotTakenBack(string Step, Failure Failure) : RunEvent;

    /// <summary>A person wants the failed step tried again.</summary>
    public sealed record StepRetried(string Step) : RunEvent;

    /// <summary>A person takes responsibility for going on without it.</summary>
    public sealed record StepSkipped(string Step, string Reason) : RunEvent;

    /// <summary>A person did a manual step and says what they saw.</summary>
    /// <param name="Files">what they showed; null for none</param>
    public sealed record EvidenceGiven(
        string Step,
        string Evidence,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
            IReadOnlyList<EvidenceFile>? Files = null
    ) : RunEvent;

    /// <summary>A second person has looked and says the same.</summary>
    /// <param name="Evidence">the number of the entry in which it was given</param>
    public sealed record EvidenceConfirmed(string Step, long Evidence, string? Note) : RunEvent;

    /// <summary>A second person has looked and says that it is not so: it has to be done, or shown, again.</summary>
    /// <param name="Evidence">the number of the entry in which it was given</param>
    public sealed record EvidenceRejected(string Step, long Evidence, string Reason) : RunEvent;

    public sealed record CancelAsked(string? Reason) : RunEvent;

    /// <summary>It is the run's turn: all its locks are its own until it ends.</summary>
    public sealed record LocksTaken(IReadOnlyList<string> Locks) : RunEvent;

    /// <summary>Somebody wants the run's locks for others; a second person must agree.</summary>
    public sealed record UnlockAsked(string Reason) : RunEvent;

    /// <summary>Nothing of the run acts any more, and others may have its locks; to go on, it must take them again.</summary>
    public sealed record LocksGivenUp : RunEvent;

    /// <summary>Nothing new starts; what is under way ends.</summary>
    public sealed record Paused(string? Reason) : RunEvent;

    public sealed record Resumed : RunEvent;

    /// <summary>What the run did is to be undone, the latest first.</summary>
    public sealed record RollbackAsked(string? Reason) : RunEvent;

    /// <summary>Durable before the step's compensation begins.</summary>
    public sealed record RollbackStarted(string Step) : RunEvent;

    public sealed record StepRolledBack(string Step, string Saw) : RunEvent;

    /// <summary>A compensation did not work, or nobody knows whether it did: a person must look.</summary>
    public sealed record RollbackFailed(string Step, Failure Failure) : RunEvent;

    /// <param name="As">Succeeded, RolledBack, Failed, Cancelled, Denied or Expired</param>
    public sealed record Ended(RunState As, string? Why) : RunEvent;

    /// <summary>Everything about the run has been said everywhere; it needs no more attention.</summary>
    public sealed record Closed : RunEvent;

    public sealed record IncidentReported(string Step, IssueLink Issue) : RunEvent;

    public sealed record IncidentClosed(string Step) : RunEvent;

    /// <summary>Something was said in chat, once and for all.</summary>
    /// <param name="Key">what was said: "card", "approval:infra/foundation"</param>
    public sealed record Announced(string Key, string Channel, string PostId) : RunEvent;

    /// <summary>Something that is about no run was said in chat, once and for all.</summary>
    /// <param name="Key">what was said: "freeze:3"</param>
    public sealed record NoticePosted(string Key, string Channel, string PostId) : RunEvent;

    /// <summary>From now on this name in the settings means this account or circle, whoever takes the name over.</summary>
    /// <param name="Name">"ada", "channel:security"</param>
    public sealed record NamePinned(string Name, string Id) : RunEvent;

    /// <summary>From now on this name means the cluster that has answered, wherever client configurations lead.</summary>
    /// <param name="Uid">of its namespace kube-system</param>
    /// <param name="Server">where it answered</param>
    public sealed record ClusterPinned(string Cluster, string Uid, string Server) : RunEvent;

    /// <summary>The name means no cluster any more, until one answers: somebody said so, or a step makes the cluster anew.</summary>
    /// <param name="Uid">what it meant</param>
    public sealed record ClusterUnpinned(string Cluster, string Uid, string Reason) : RunEvent;

    /// <summary>The bot started with other rules than before: whoever changed them had the settings.</summary>
    /// <param name="Rules">the settings of section "Access", and the freeze windows, as JSON</param>
    public sealed record RulesRead(string Rules) : RunEvent;

    /// <summary>That post shows how it ended, and nothing of it changes any more.</summary>
    public sealed record NoticeClosed(string Key) : RunEvent;

    /// <summary>Somebody wants nothing destroyed for a while.</summary>
    public sealed record Frozen(Freeze Freeze) : RunEvent;

    /// <summary>Somebody wants a freeze ended before its time; a second person must agree.</summary>
    /// <param name="Number">its own</param>
    /// <param name="Digest">of the freeze as it is</param>
    public sealed record ThawAsked(
        long Number,
        Freeze Freeze,
        string Reason,
        string Digest,
        int Quorum,
        DateTimeOffset ExpiresAt
    ) : RunEvent;

    /// <param name="Digest">what the voter saw</param>
    public sealed record ThawVoted(long Number, Decision Decision, string Digest, string? Reason) : RunEvent;

    /// <summary>Nobody agreed in time, or the freeze ended by itself.</summary>
    public sealed record ThawExpired(long Number) : RunEvent;

    /// <summary>Enough people agreed: from here on the freeze holds no more.</summary>
    public sealed record Thawed(long Number) : RunEvent;

    /// <summary>Somebody is about to approve something alone. A second person must look at it afterwards.</summary>
    /// <param name="Number">its own</param>
    /// <param name="Run">of which</param>
    /// <param name="Approval">of what in it</param>
    public sealed record GlassBroken(long Number, long Run, string Approval, string Digest, string Reason) : RunEvent;

    /// <summary>A second person has looked at what was approved alone.</summary>
    /// <param name="Words">what they say of it</param>
    public sealed record GlassReviewed(long Number, string Words) : RunEvent;

    /// <summary>Somebody asked for what may not be; nothing happened.</summary>
    public sealed record Refused(string What, string Rule) : RunEvent;

    /// <summary>Somebody on the bot's host read the journal out.</summary>
    /// <param name="Of">"journal", or "run 42"</param>
    /// <param name="At">when, which may be before the entry: a bot that was not running hears of it when it starts</param>
    /// <param name="Note">what it was noted under; the same twice is one export, of which a bot that died heard twice</param>
    public sealed record Exported(string Of, DateTimeOffset At, string Note) : RunEvent;

    /// <summary>From now on the bot listens to what is signed, on its own host.</summary>
    /// <param name="Keys">SHA-256 of the list of whose signatures count, as it is now; "" when it is not there</param>
    public sealed record ConsoleOpened(string Keys) : RunEvent;

    /// <summary>Something forged, replayed or expired arrived; nothing happened.</summary>
    public sealed record Suspected(string What, string From) : RunEvent;
}

/// <summary>Why a step did not work, in the words that people will read. Redacted.</summary>
public sealed record Failure(
    int Attempt,
    string Said,
    string? Command,
    int? ExitCode,
    string Output,
    string? Explanation,
    string Diagnosis
)
{
    /// <summary>Words alone: nothing was run, or nothing that ran has anything to show.</summary>
    public static Failure Untouched(int attempt, string why) => new(attempt, why, null, null, "", null, "");

    /// <summary>The attempt ended before its action began: nothing of it stands.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NothingDone { get; init; }

    /// <summary>The approval is void: what helps is a new run, with an approval of its own, and not another attempt.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsFinal { get; init; }
}
