using static PlatformBot.Core.Runbooks.Forms;

namespace PlatformBot.Core.Runbooks;

/// <summary>A step, its retries and its compensation.</summary>
internal static class StepShapes
{
    public static readonly string[] Actions =
    [
        "run",
        "pipe",
        "apply",
        "patch",
        "delete",
        "exec",
        "query",
        "http",
        "wait",
        "manual",
        "call",
    ];

    public static readonly Shape Retry = new(
        "a retry rule",
        "How often and how soon a failed action is tried again.",
        [
            new("attempts", new Kind.Number(1, 100), "Attempts in all.", true),
            new("backoff", Duration, "The first pause (default 10s); doubles each time."),
        ]
    );

    public static readonly Shape Rollback = new(
        "a rollback",
        "How what the step did is undone. It may find nothing to undo, or half of it.",
        [
            new("run", new Kind.Commands(), "One process, or several one after the other."),
            new("pipe", new Kind.ListOf(new Kind.Command(), 2), "Processes joined stdout to stdin."),
            new("apply", new Kind.Mapping(ActionShapes.Apply), "Server-side apply."),
            new("patch", new Kind.Mapping(ActionShapes.Patch), "Changes part of an object."),
            new("delete", new Kind.Mapping(ActionShapes.Delete), "Deletes one object."),
            new("exec", new Kind.Mapping(CheckShapes.Exec), "Runs a command in a container."),
            new("http", new Kind.Mapping(ActionShapes.Http), "Sends one request."),
            new("secrets", new Kind.MapOf(Reference), "Environment variables from the vault."),
            new("sensitive", Truth, "Its output is never shown or stored."),
            new("destructive", Filled, "A second person must agree; says what undoing destroys."),
            new("verify", new Kind.ListOf(new Kind.Mapping(CheckShapes.Check), 1), "All must hold afterwards."),
            new("timeout", Duration, "For the action and its verification together (default 10m)."),
        ]
    )
    {
        ExactlyOne = ["run", "pipe", "apply", "patch", "delete", "exec", "http"],
    };

    public static readonly Shape Step = new(
        "a step",
        "The smallest unit that is journaled: one action with its probe and its proof.",
        [
            new("step", Name, "Its name, unique in the runbook.", true),
            new("title", Filled, "For people; the name when left out."),
            new("why", Filled, "For the reader and for the incident."),
            new("on", Name, "Only for this cluster of an `each: cluster` phase."),
            new("beside", Name, "Only when this cluster was chosen, too."),
            new("each", Loop, "Made once per item of a list."),
            new("in-turn", Truth, "With `each`: one item after the other, in the list's order."),
            new("needs", new Kind.ListOf(Plain), "Steps that come before (default: the step before it; []: none)."),
            new("uses", YamlPath, "A part whose fields this step takes over."),
            new("with", new Kind.MapOf(Filled), "The part's parameters."),
            new("lock", Filled, "Steps with the same lock never run at the same time."),
            new("run", new Kind.Commands(), "One process, or several one after the other."),
            new("pipe", new Kind.ListOf(new Kind.Command(), 2), "Processes joined stdout to stdin."),
            new("apply", new Kind.Mapping(ActionShapes.Apply), "Server-side apply."),
            new("patch", new Kind.Mapping(ActionShapes.Patch), "Changes part of an object."),
            new("delete", new Kind.Mapping(ActionShapes.Delete), "Deletes one object."),
            new("exec", new Kind.Mapping(CheckShapes.Exec), "Runs a command in a container."),
            new("query", new Kind.Mapping(ActionShapes.Query), "Asks the metrics store."),
            new("http", new Kind.Mapping(ActionShapes.Http), "Sends one request."),
            new("wait", new Kind.Mapping(CheckShapes.Wait), "Waits for a condition."),
            new("manual", new Kind.Mapping(ActionShapes.Manual), "A person does it."),
            new("call", Name, "Another runbook's steps, in this one's place."),
            new("arguments", new Kind.MapOf(Filled), "What the called runbook asks for; its cluster is this one."),
            new(
                "files",
                new Kind.MapOf(new Kind.Mapping(ActionShapes.File)),
                "Texts as ${{ files.NAME }}, for `run` and `pipe`."
            ),
            new("secrets", new Kind.MapOf(Reference), "Environment variables from the vault."),
            new("sensitive", Truth, "Its output is never shown or stored."),
            new("destructive", Filled, "Needs approval; says what is destroyed."),
            new("irreversible", Truth, "Nobody can undo it: whoever approves types the cluster's name."),
            new(
                "makes-cluster",
                Truth,
                "It makes the cluster anew: what its name is bound to is forgotten right before it acts."
            ),
            new("repeatable", Truth, "Safe to start again after a crash without asking (default: false)."),
            new(
                "probe",
                new Kind.ListOf(new Kind.Mapping(CheckShapes.Check), 1),
                "All hold: already done, the step is not run."
            ),
            new("verify", new Kind.ListOf(new Kind.Mapping(CheckShapes.Check), 1), "All must hold after the action."),
            new("proves-itself", Truth, "In place of verify: the action's own success is the proof."),
            new("timeout", Duration, "For the action and its verification together (default 10m)."),
            new("holds-for", PeoplesTime, "How long verify must go on holding; the first look that does not is red."),
            new(
                "on-red",
                new Kind.Choice("undo"),
                "When it cannot be proven, its rollback follows at once, without asking."
            ),
            new("measures", Filled, "What its time tells: in the run's last post, beside its timeout and what it saw."),
            new("retry", new Kind.Mapping(Retry), "Default: one attempt."),
            new("rollback", new Kind.Mapping(Rollback), "How it is undone; without it, what it did stays."),
        ]
    )
    {
        AtLeastOne = [.. Actions, "uses"],
    };

    /// <summary>What a part may bring along.</summary>
    public static readonly Shape PartStep = Step.Without(Step.Called, "step", "uses", "with");

    /// <summary>What is left of a step when it is made for a cluster.</summary>
    public static readonly Shape StepBody = PartStep.Without(
        Step.Called,
        "on",
        "beside",
        "each",
        "in-turn",
        "needs",
        "call",
        "arguments"
    );
}
