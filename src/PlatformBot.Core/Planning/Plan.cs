using System.Text.Json.Serialization;
using PlatformBot.Core.Approvals;

namespace PlatformBot.Core.Planning;

/// <summary>
/// A runbook with every value filled in: exactly what will be run, on what, in which order. Immutable; its
/// <see cref="Digest"/> is what a second person approves, and what runs is this stored copy.
/// </summary>
public sealed record Plan
{
    /// <summary>The runbook's command word: "bootstrap".</summary>
    public required string Command { get; init; }

    public required string Summary { get; init; }

    /// <summary>The bound arguments in the runbook's order.</summary>
    public required IReadOnlyList<Argument> Arguments { get; init; }

    /// <summary>Which part of the runbook it is; null when it is all of it.</summary>
    public Selection? Selection { get; init; }

    /// <summary>Role that may start it, and role that may approve it.</summary>
    public required AccessRule Access { get; init; }

    public required ApprovalRule Approval { get; init; }

    /// <summary>Named locks that the run holds as a whole: "cluster/infra".</summary>
    public required IReadOnlyList<string> Locks { get; init; }

    /// <summary>How many steps may run at once in the run.</summary>
    public required int Parallel { get; init; }

    /// <summary>How many steps may run at once per cluster.</summary>
    public required int ParallelPerCluster { get; init; }

    /// <summary>When a step has failed for good, nothing new starts; otherwise what does not depend on it goes on. Null: no.</summary>
    public bool? StopsAtFailure { get; init; }

    public required IReadOnlyList<PlannedPhase> Phases { get; init; }

    /// <summary>What was left out and why, in words: needs on clusters that were not chosen, phases before <c>from</c>.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Names in it that only look like others, a sentence each; null when there is none.</summary>
    public IReadOnlyList<string>? Lookalikes { get; init; }

    /// <summary>SHA-256, in lower-case hex, over the canonical JSON of everything else in this record.</summary>
    public required string Digest { get; init; }

    /// <summary>"bootstrap all --from mesh"</summary>
    [JsonIgnore]
    public string Title =>
        string.Join(
            ' ',
            [
                Command,
                .. Arguments.Select(argument => argument.Value),
                .. Selection is null ? [] : new[] { $"{Selection}" },
            ]
        );

    /// <summary>Whoever holds one of them may decide on what is destructive.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> DecidingRoles => [Access.Approve, .. Approval.GroupNames];

    /// <summary>All steps, in order. Not written: they are in their phases.</summary>
    [JsonIgnore]
    public IEnumerable<PlannedStep> Steps => Phases.SelectMany(phase => phase.Steps);

    /// <summary>Whether the phase may only start with an approval. Asked once per run, the approval is for its harmless phases, too.</summary>
    public bool NeedsApproval(PlannedPhase phase) =>
        Approval.Quorum > 0 && (Approval.Per == "run" ? Phases.Any(each => each.IsDestructive) : phase.IsDestructive);
}

/// <summary>One bound argument, as it will be shown.</summary>
public sealed record Argument(string Name, string Value);

/// <summary>Role names from the configuration: viewer, operator, approver, admin.</summary>
public sealed record AccessRule(string Run, string Approve);

/// <summary>How approvals are asked for. <paramref name="Per"/> is "phase" or "run".</summary>
public sealed record ApprovalRule(string Per, int Quorum, TimeSpan Expires)
{
    /// <summary>Roles of which so many of the quorum each must be; null when any approver will do.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, int>? Groups { get; init; }

    internal IEnumerable<string> GroupNames => Groups?.Keys.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>();

    /// <summary>"2 approvals: 1 of platform and 1 of security"</summary>
    public override string ToString() =>
        Words.Count(Quorum, "approval") + (Groups is null ? "" : $": {Seats.Words(Groups)}");
}

/// <summary>A phase of one cluster, or of none.</summary>
/// <param name="Id">"infra/foundation", or "preflight" for a phase that exists once</param>
public sealed record PlannedPhase(
    string Id,
    string Name,
    string Title,
    string? Cluster,
    IReadOnlyList<PlannedStep> Steps
)
{
    public bool IsDestructive => Steps.Any(step => step.Destructive is not null);
}

/// <summary>The smallest unit that is journaled.</summary>
public sealed record PlannedStep
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>"infra/cilium-install", "infra/convert-node/infra-01", or "tools-versions" outside any cluster.</summary>
    public required string Id { get; init; }

    /// <summary>The id of its phase.</summary>
    public required string Phase { get; init; }

    public required string Title { get; init; }

    public string? Why { get; init; }

    public string? Cluster { get; init; }

    public string? Node { get; init; }

    /// <summary>The node's address; null where there is no node.</summary>
    public string? Address { get; init; }

    /// <summary>Ids of the steps that must be settled before this one starts; complete, across phases and clusters.</summary>
    public required IReadOnlyList<string> Needs { get; init; }

    public required PlannedAction Action { get; init; }

    /// <summary>Texts for the action's processes; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PlannedFile>? Files { get; init; }

    public required IReadOnlyList<PlannedCheck> Probe { get; init; }

    public required IReadOnlyList<PlannedCheck> Verify { get; init; }

    /// <summary>What it destroys, in words; null when it destroys nothing.</summary>
    public string? Destructive { get; init; }

    /// <summary>Nobody can undo it: whoever approves must type what it is done to.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Irreversible { get; init; }

    /// <summary>After it the cluster's name means another cluster: the one that it makes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool MakesCluster { get; init; }

    /// <summary>Safe to start again after a crash without asking anybody.</summary>
    public required bool Repeatable { get; init; }

    /// <summary>Steps with the same lock never run at the same time, in any run.</summary>
    public string? Lock { get; init; }

    /// <summary>How what it did is undone; null when the bot cannot.</summary>
    public PlannedRollback? Rollback { get; init; }

    /// <summary>When it has begun and cannot be proven, the bot undoes it at once, without asking.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool UndoesItself { get; init; }

    /// <summary>For the action and its verification together.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How long what proves it must go on holding, after the timeout's time; null: it must have held once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? HoldsFor { get; init; }

    /// <summary>What the time that it takes tells people: "RTO of a pod"; null: nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Measures { get; init; }

    /// <summary>Attempts in all (1 = no retry).</summary>
    public required int Attempts { get; init; }

    /// <summary>The pause before the second attempt; doubles each time.</summary>
    public required TimeSpan Backoff { get; init; }

    /// <summary>Where it is written: "commands/phases/1-foundation.yaml:120".</summary>
    public required string Source { get; init; }

    /// <summary>The cluster that the action acts on, which may be another one than the step's own; null for none.</summary>
    public string? Target => Action.On ?? Cluster;

    /// <summary>The compensation as a step of its own, on the same cluster; null when there is none.</summary>
    public PlannedStep? Undoing =>
        Rollback is null
            ? null
            : this with
            {
                Action = Rollback.Action,
                Files = null,
                Verify = Rollback.Verify,
                Destructive = Rollback.Destructive,
                Timeout = Rollback.Timeout,
                Irreversible = false,
                MakesCluster = false,
                UndoesItself = false,
                HoldsFor = null,
                Measures = null,
                Probe = [],
            };

    /// <summary>The pause after an attempt that failed, 1 being the first.</summary>
    public TimeSpan PauseAfter(int attempt) =>
        TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Backoff.TotalSeconds * Math.Pow(2, attempt - 1)));
}

/// <summary>How what a step did is undone: its compensation.</summary>
/// <param name="Destructive">what undoing destroys, in words; null when nothing</param>
/// <param name="Timeout">for the action and its verification together</param>
public sealed record PlannedRollback(
    PlannedAction Action,
    IReadOnlyList<PlannedCheck> Verify,
    string? Destructive,
    TimeSpan Timeout
);
