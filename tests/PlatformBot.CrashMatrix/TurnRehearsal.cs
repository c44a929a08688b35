using PlatformBot.Core.Runs;
using PlatformBot.Sandbox;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.CrashMatrix;

/// <summary>What there is of one run of the runbook "turn", counted in the simulated world.</summary>
/// <param name="Drafts">where the draft was …</param>
/// <param name="Moved">… and where it belongs</param>
/// <param name="Undone">what the compensation of the note leaves behind</param>
internal sealed record Traces(int Leases, bool Labelled, int Drafts, int Moved, int Notes, int Undone, int Last)
{
    public static Traces OfSuccess { get; } = new(1, true, 0, 1, 1, 0, 1);

    public static Traces OfUndoing { get; } = new(0, false, 1, 0, 1, 1, 0);
}

/// <summary>Two runs that have a way back and want the same lock; what people do with them is told by those who derive from this.</summary>
internal abstract class TurnRehearsal(SandboxWorld world) : Rehearsal
{
    protected const int First = 0;
    protected const int Second = 1;

    private int _number;

    public override TimeSpan Limit => TimeSpan.FromSeconds(60);

    public override void Prepare()
    {
        _number++;

        foreach (var run in new[] { First, Second })
            world.Vault.Add("Infra", $"draft-{Item(run)}", new Dictionary<string, string>());
    }

    /// <summary>The second is asked for while the first is under way: it waits for its turn.</summary>
    public override async Task PlayAsync(Stage stage, CancellationToken cancellationToken)
    {
        await stage.AskAsync("ada", $"/platform turn {Item(First)}", cancellationToken);
        await stage.AskAsync("linus", $"/platform turn {Item(Second)}", cancellationToken);
        await PlayOnAsync(stage, cancellationToken);
    }

    public override bool DoByHand(Question question) =>
        Stage is { } stage && MayAgree(stage, stage.IndexOf(question.Run));

    /// <summary>What was cut off half way is finished by hand where the probe can find that it is, or else taken back and begun again.</summary>
    public override Advice Look(Question question)
    {
        if (Stage?.IndexOf(question.Run) is not { } run || run < 0)
            return Advice.Wait;

        if (question.About == "move" && Of(run) is { Drafts: 1, Moved: 1 })
            RemoveByHand(world.Vault, "Infra", $"draft-{Item(run)}");

        return (question.About, question.IsAboutUndoing) switch
        {
            ("note", false) when Of(run).Notes > 0 => Advice.Skip,
            ("note", true) when Of(run).Undone > 0 => Advice.Skip,
            ("last", _) when Of(run).Last > 0 => Advice.Skip,
            _ => Advice.Retry,
        };
    }

    protected abstract Task PlayOnAsync(Stage stage, CancellationToken cancellationToken);

    /// <summary>Whether somebody agrees to it now.</summary>
    protected abstract bool MayAgree(Stage stage, int run);

    protected Traces Of(int run)
    {
        var name = new ObjectKey("v1", "Namespace", "", $"turn-{Item(run)}");
        var labels = world.Twin.Clusters["infra"].Objects.View(name)?["metadata"]?["labels"];
        return new Traces(
            Count("Infra", "lease"),
            (string?)labels?["taken"] == "true",
            Count("Infra", "draft"),
            Count("Prod", "draft"),
            Count("Infra", "note"),
            Count("Infra", "undone"),
            Count("Infra", "last")
        );

        int Count(string vault, string what) => world.Vault.Find(vault, $"{what}-{Item(run)}").Count;
    }

    protected static IEnumerable<string> Differences(string run, Traces found, Traces expected)
    {
        if (found != expected)
            yield return $"of the {run} run there is {found}, and there should be {expected}";
    }

    private string Item(int run) => $"{(run == First ? "a" : "b")}{_number}";
}

/// <summary>
/// The first run is paused, goes on, and is undone, to which somebody else must agree; then it is the second one's turn, which is
/// cancelled while it acts.
/// </summary>
internal sealed class UndoRehearsal(SandboxWorld world) : TurnRehearsal(world)
{
    public override IReadOnlyList<RunState[]> Ends =>
        [
            [RunState.RolledBack],
            [RunState.Cancelled, RunState.Failed],
        ];

    public override IEnumerable<string> Wrong(IReadOnlyList<Run> runs) =>
        Differences("first", Of(First), Traces.OfUndoing).Concat(WrongOfCancelled(runs[Second], Of(Second)));

    protected override async Task PlayOnAsync(Stage stage, CancellationToken cancellationToken)
    {
        await stage.UntilAsync(() => stage.HasStarted(First, "lease"), cancellationToken);
        await stage.SayAsync<RunEvent.Paused>("linus", "pause", First, "let me look", cancellationToken);
        await stage.UntilAsync(() => !stage[First].Acting.Any(), cancellationToken);
        await Stage.DwellAsync(cancellationToken);
        await stage.SayAsync<RunEvent.Resumed>("ada", "resume", First, "", cancellationToken);
        await stage.UntilAsync(() => stage[First].AwaitingEvidence.Any(), cancellationToken);
        await stage.SayAsync<RunEvent.RollbackAsked>("ada", "rollback", First, "not wanted", cancellationToken);
        await stage.UntilAsync(() => stage.HasStarted(Second, "move"), cancellationToken);
        await stage.SayAsync<RunEvent.CancelAsked>("linus", "cancel", Second, "never mind", cancellationToken);
    }

    /// <summary>Nobody agrees: the first waits until it is undone, the second is cancelled before.</summary>
    protected override bool MayAgree(Stage stage, int run) => false;

    /// <summary>It may have been ended at any place, but nothing is there twice, and nothing that it does not know of.</summary>
    private static IEnumerable<string> WrongOfCancelled(Run run, Traces found)
    {
        if (found is not { Leases: < 2, Drafts: < 2, Moved: < 2, Notes: < 2, Undone: 0, Last: 0 })
            yield return $"of the cancelled run there is {found}";

        // csharpier-ignore - one row per step
        var effects = new (string Step, bool IsThere, bool IsWhole)[]
        {
            ("lease", found.Leases > 0, found.Leases > 0),
            ("tag",   found.Labelled,   found.Labelled),
            ("move",  found.Moved > 0,  found is { Moved: 1, Drafts: 0 }),
            ("note",  found.Notes > 0,  found.Notes > 0),
        };

        foreach (var (step, isThere, isWhole) in effects)
        {
            var at = run.Steps[step];

            if (isThere && at.StartedAt is null)
                yield return $"the cancelled run does not know that its {step} began";

            if (!isWhole && at.State is StepState.Succeeded or StepState.AlreadyDone)
                yield return $"the cancelled run takes its {step} for done";
        }
    }
}

/// <summary>
/// The first run waits for a person, and somebody takes its lock from it, to which somebody else must agree; the second is carried
/// through; then the first goes on.
/// </summary>
internal sealed class YieldRehearsal(SandboxWorld world) : TurnRehearsal(world)
{
    public override IReadOnlyList<RunState[]> Ends =>
        [
            [RunState.Succeeded],
            [RunState.Succeeded],
        ];

    public override IEnumerable<string> Wrong(IReadOnlyList<Run> runs) =>
        Differences("first", Of(First), Traces.OfSuccess).Concat(Differences("second", Of(Second), Traces.OfSuccess));

    protected override async Task PlayOnAsync(Stage stage, CancellationToken cancellationToken)
    {
        await stage.UntilAsync(() => stage[First].AwaitingEvidence.Any(), cancellationToken);
        await stage.SayAsync<RunEvent.UnlockAsked>("linus", "unlock", First, "mine is urgent", cancellationToken);
        await stage.UntilAsync(() => stage[Second].IsOver, cancellationToken);
        await stage.SayAsync<RunEvent.Resumed>("ada", "resume", First, "", cancellationToken);
    }

    protected override bool MayAgree(Stage stage, int run) => run == Second || stage.Has<RunEvent.Resumed>(First);
}
