namespace PlatformBot.Core.Runbooks;

/// <summary>The runbook language: every mapping, every field. docs/runbooks.md tells the same in prose.</summary>
internal static partial class Shapes
{
    public static readonly string[] Actions = ["run", "pipe", "apply", "patch", "delete", "exec", "wait", "manual"];
    public static readonly string[] ParameterTypes = ["cluster", "node", "phase", "choice", "number", "text"];

    private static readonly Kind Filled = new Kind.Text();
    private static readonly Kind Plain = new Kind.Text(Filled: false);
    private static readonly Kind Truth = new Kind.Truth();
    private static readonly Kind Duration = new Kind.Duration();

    /// <summary>People take minutes; every reminder is a post.</summary>
    private static readonly Kind PeoplesTime = new Kind.Duration("1m");
    private static readonly Kind Name = new Kind.Form(NamePattern(), "a name of small letters, digits and dashes");
    private static readonly Kind Variable = new Kind.Form(VariablePattern(), "the name of an environment variable");
    private static readonly Kind YamlPath = new Kind.Form(YamlPathPattern(), "a path of a .yaml file inside commands/");
    private static readonly Kind Reference = new Kind.Form(
        ReferencePattern(),
        "a reference op://vault/item/field, file://name or env://NAME",
        true
    );
    private static readonly Kind Kubernetes = new Kind.Form(KindPattern(), "a Kubernetes kind such as DaemonSet");
    private static readonly Kind For = new Kind.Form(
        ForPattern(),
        "ready, rollout, condition=Type, condition=Type=Value, exists, gone or jsonpath=.path=value",
        true
    );

    public static readonly Shape Parameter = new(
        "an argument",
        "Something that people say when they start the runbook.",
        [
            new("name", Name, "What it is called.", true),
            new("type", new Kind.Choice(ParameterTypes), "What it accepts.", true),
            new("help", Plain, "One line for people."),
            new("optional", Truth, "May be left out."),
            new("default", Plain, "What holds when it is left out."),
            new("values", new Kind.ListOf(Plain, 1), "The allowed values of a choice."),
        ]
    );

    public static readonly Shape Object = new(
        "an object reference",
        "One object of a cluster, or all of a kind.",
        [
            new("apiVersion", Filled, "Needed where the kind is not a built-in one."),
            new("kind", Kubernetes, "Its kind.", true),
            new("namespace", Filled, "Its namespace; none for cluster-wide kinds."),
            new("name", Filled, "Its name."),
        ]
    );

    public static readonly Shape Wait = new(
        "a wait",
        "Waits until a condition of the cluster holds.",
        [
            new("for", For, "ready, rollout, condition=Type[=Value], exists, gone or jsonpath=.path=value.", true),
            new("object", new Kind.Mapping(Object), "What is looked at.", true),
            new("all", Truth, "All objects of the kind, not one by name."),
            new("selector", Filled, "Only those with these labels; with all: true."),
            new("cluster", Filled, "Another cluster than the step's."),
        ]
    );

    public static readonly Shape Exec = new(
        "an exec",
        "Runs a command in a container of a pod: argv, no shell unless it names one.",
        [
            new("namespace", Filled, "The pod's namespace.", true),
            new("pod", Filled, "The pod's name."),
            new("selector", Filled, "Labels by which the pod is found: of those that are ready, the first by name."),
            new("container", Filled, "Which one, where the pod has several."),
            new("argv", new Kind.ListOf(Filled, 1), "The program and its arguments.", true),
            new("stdin", Filled, "What it reads."),
            new("cluster", Filled, "Another cluster than the step's."),
        ]
    )
    {
        ExactlyOne = ["pod", "selector"],
    };

    public static readonly Shape Expectation = new(
        "an expectation",
        "What must hold of what was seen.",
        [
            new("exit", new Kind.Number(0, 255), "The exit code."),
            new("in", new Kind.Choice("stdout", "stderr"), "Which text of a process (default: stdout)."),
            new("path", Filled, "A JSONPath; the text is read as JSON."),
            new("last", Truth, "Reads the last of several JSON documents."),
            new("equals", Filled, "Is exactly this."),
            new("contains", Filled, "Contains this."),
            new("lacks", Filled, "Does not contain this."),
            new("at-least", new Kind.Decimal(), "Is a number, at least this one."),
            new("count", new Kind.Number(0, 100_000), "How many values the path finds."),
            new("exists", Truth, "Whether the path finds anything."),
        ]
    )
    {
        AtLeastOne = ["exit", "equals", "contains", "lacks", "at-least", "count", "exists"],
    };

    public static readonly Shape Check = new(
        "a check",
        "A read-only look at the world that holds or does not hold.",
        [
            new("run", new Kind.Command(), "A process: its exit code and output."),
            new("get", new Kind.Mapping(Object), "One object exists and looks as expected."),
            new("wait", new Kind.Mapping(Wait), "A wait's condition, looked at once."),
            new("raw", Filled, "The API server's answer for a path."),
            new(
                "exec",
                new Kind.Mapping(Exec),
                "A command in a container: its exit code and output. It must change nothing."
            ),
            new("expect", new Kind.OneOrMany(new Kind.Mapping(Expectation)), "What must hold; all entries."),
            new("cluster", Filled, "Another cluster than the step's."),
            new("timeout", Duration, "For one look (default 30s)."),
        ]
    )
    {
        ExactlyOne = ["run", "get", "wait", "raw", "exec"],
    };

    public static readonly Shape Apply = new(
        "an apply action",
        "Server-side apply; waits until applied CRDs are established.",
        [
            new("files", new Kind.ListOf(Filled, 1), "Manifests, relative to the root folder."),
            new("objects", new Kind.ListOf(new Kind.MapOf(new Kind.Anything()), 1), "Objects, written here."),
            new("force", Truth, "Takes over fields that others own."),
            new("cluster", Filled, "Another cluster than the step's."),
        ]
    )
    {
        AtLeastOne = ["files", "objects"],
    };

    public static readonly Shape Patch = new(
        "a patch action",
        "Changes part of an object that exists: labels, annotations, or anything.",
        [
            new("object", new Kind.Mapping(Object), "What is changed.", true),
            new("labels", new Kind.MapOf(Filled, MayBeNull: true), "Labels; null removes one."),
            new("annotations", new Kind.MapOf(Filled, MayBeNull: true), "Annotations; null removes one."),
            new(
                "merge",
                new Kind.MapOf(new Kind.Anything()),
                "Fields to set; null removes one, lists are replaced whole."
            ),
            new(
                "strategic",
                new Kind.MapOf(new Kind.Anything()),
                "The same for built-in kinds, with lists merged by their keys."
            ),
            new("json", new Kind.ListOf(new Kind.MapOf(new Kind.Anything()), 1), "Operations: op, path, value, from."),
            new("cluster", Filled, "Another cluster than the step's."),
        ]
    )
    {
        AtLeastOne = ["labels", "annotations", "merge", "strategic", "json"],
    };

    public static readonly Shape Delete = new(
        "a delete action",
        "Deletes one object and waits until it is gone; what holds it back is said.",
        [
            new("object", new Kind.Mapping(Object), "What is deleted.", true),
            new(
                "propagation",
                new Kind.Choice("Background", "Foreground", "Orphan"),
                "What it owns goes after it (default), before it, or stays."
            ),
            new("cluster", Filled, "Another cluster than the step's."),
        ]
    );

    public static readonly Shape Manual = new(
        "a manual action",
        "A person does it and says what they saw.",
        [
            new("ask", Filled, "What is to be done, and what to give as evidence.", true),
            new(
                "evidence",
                new Kind.Choice("text", "file"),
                "What must be given: words, or words and a file (default text)."
            ),
            new("second-person", Truth, "Somebody else who may approve must look and say the same."),
            new("remind", PeoplesTime, "How often whoever is asked is reminded (at least 1m, default 4h)."),
            new("expires", PeoplesTime, "How long people have, all together (at least 1m, default 1d)."),
        ]
    );

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
            new("apply", new Kind.Mapping(Apply), "Server-side apply."),
            new("patch", new Kind.Mapping(Patch), "Changes part of an object."),
            new("delete", new Kind.Mapping(Delete), "Deletes one object."),
            new("exec", new Kind.Mapping(Exec), "Runs a command in a container."),
            new("secrets", new Kind.MapOf(Reference), "Environment variables from the vault."),
            new("sensitive", Truth, "Its output is never shown or stored."),
            new("destructive", Filled, "A second person must agree; says what undoing destroys."),
            new("verify", new Kind.ListOf(new Kind.Mapping(Check), 1), "All must hold afterwards."),
            new("timeout", Duration, "For the action and its verification together (default 10m)."),
        ]
    )
    {
        ExactlyOne = ["run", "pipe", "apply", "patch", "delete", "exec"],
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
            new(
                "each",
                new Kind.Form(EachPattern(), "written 'node in cluster.nodes'"),
                "Made once per item of a list."
            ),
            new("needs", new Kind.ListOf(Plain), "Steps that come before (default: the step before it; []: none)."),
            new("uses", YamlPath, "A part whose fields this step takes over."),
            new("with", new Kind.MapOf(Filled), "The part's parameters."),
            new("lock", Filled, "Steps with the same lock never run at the same time."),
            new("run", new Kind.Commands(), "One process, or several one after the other."),
            new("pipe", new Kind.ListOf(new Kind.Command(), 2), "Processes joined stdout to stdin."),
            new("apply", new Kind.Mapping(Apply), "Server-side apply."),
            new("patch", new Kind.Mapping(Patch), "Changes part of an object."),
            new("delete", new Kind.Mapping(Delete), "Deletes one object."),
            new("exec", new Kind.Mapping(Exec), "Runs a command in a container."),
            new("wait", new Kind.Mapping(Wait), "Waits for a condition."),
            new("manual", new Kind.Mapping(Manual), "A person does it."),
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
            new("probe", new Kind.ListOf(new Kind.Mapping(Check), 1), "All hold: already done, the step is not run."),
            new("verify", new Kind.ListOf(new Kind.Mapping(Check), 1), "All must hold after the action."),
            new("proves-itself", Truth, "In place of verify: the action's own success is the proof."),
            new("timeout", Duration, "For the action and its verification together (default 10m)."),
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
    public static readonly Shape StepBody = PartStep.Without(Step.Called, "on", "beside", "each", "needs");

    public static readonly Shape Phase = new(
        "a phase",
        "A named part of a runbook.",
        [
            new("phase", Name, "Its name.", true),
            new("title", Plain, "For people.", true),
            new("each", new Kind.Choice("cluster"), "Made once per chosen cluster."),
            new("steps", new Kind.ListOf(new Kind.Mapping(Step), 1), "Its steps.", true),
        ]
    );

    public static readonly Shape Include = new(
        "an include",
        "A phase in a file of its own.",
        [new("include", YamlPath, "Path of the phase's file, relative to commands/.", true)]
    );

    public static readonly Shape Runbook = new(
        "a runbook",
        "A file in commands/: adding one adds a chat command.",
        [
            new("command", Name, "What people type after /platform.", true),
            new("summary", Plain, "One line for people.", true),
            new("examples", new Kind.ListOf(Plain), "What people can type."),
            new("arguments", new Kind.ListOf(new Kind.Mapping(Parameter)), "What people say with it."),
            new(
                "access",
                new Kind.Mapping(
                    new Shape(
                        "an access rule",
                        "Who may do what.",
                        [
                            new("run", Name, "The role that may start it (default operator)."),
                            new("approve", Name, "The role that may approve it (default approver)."),
                        ]
                    )
                ),
                "Who may start and approve it."
            ),
            new(
                "approval",
                new Kind.Mapping(
                    new Shape(
                        "an approval rule",
                        "How approvals are asked for.",
                        [
                            new("per", new Kind.Choice("phase", "run"), "Asked per phase (default) or once."),
                            new("quorum", new Kind.Number(1, 10), "How many people (default 1)."),
                            new(
                                "groups",
                                new Kind.MapOf(new Kind.Number(1, 10)),
                                "Roles of which so many people each must approve; one person counts once."
                            ),
                            new("expires", Duration, "How long the question stands (default 4h)."),
                        ]
                    )
                ),
                "How approvals are asked for."
            ),
            new("locks", new Kind.ListOf(Filled), "Held by the run as a whole."),
            new("alongside", Truth, "May run beside another run that destroys something (default: false)."),
            new(
                "on-failure",
                new Kind.Choice("go-on", "stop"),
                "Whether other branches go on (default) or nothing new starts."
            ),
            new(
                "parallel",
                new Kind.Mapping(
                    new Shape(
                        "a parallel rule",
                        "How many steps at once.",
                        [
                            new("run", new Kind.Number(1, 100), "In the run (default 8)."),
                            new("cluster", new Kind.Number(1, 100), "Per cluster (default 4)."),
                        ]
                    )
                ),
                "How many steps run at once."
            ),
            new("phases", new Kind.ListOf(new Kind.Either("include", Include, Phase), 1), "In order.", true),
        ]
    );

    public static readonly Shape Part = new(
        "a part",
        "A step that is used often.",
        [
            new("part", Name, "Its name.", true),
            new("parameters", new Kind.ListOf(Name), "What a step that uses it must give."),
            new("step", new Kind.Mapping(PartStep), "Its body.", true),
        ]
    );

    public static readonly Shape Node = new(
        "a node",
        "A machine of a cluster; other fields are yours.",
        [new("name", Name, "Its name.", true), new("address", Plain, "Its IP address.", true)]
    )
    {
        Others = new Kind.Anything(),
    };

    public static readonly Shape Cluster = new(
        "a cluster",
        "Facts of one cluster; other fields are yours, and the same in all clusters.",
        [new("nodes", new Kind.ListOf(new Kind.Mapping(Node), 1), "Its machines.", true)]
    )
    {
        Others = new Kind.Anything(),
    };

    public static readonly Shape Inventory = new(
        "the inventory",
        "The facts that runbooks refer to.",
        [
            new("versions", new Kind.MapOf(Plain), "Versions by name."),
            new("clusters", new Kind.MapOf(new Kind.Mapping(Cluster)), "Clusters by name.", true),
        ]
    );

    public static readonly Shape Word = new(
        "a saying",
        "What a text in a tool's output means.",
        [
            new("text", Plain, "Part of what the tool prints; case does not matter.", true),
            new("when", Plain, "Only for invocations with these words, in this order."),
            new("means", new Kind.Choice("done", "retry", "stop", "ask"), "What follows.", true),
            new("explain", Plain, "For people."),
        ]
    );

    public static readonly Shape Tool = new(
        "a tool",
        "What a command line tool's words mean.",
        [
            new("tool", new Kind.Form(ToolPattern(), "a program's name"), "Its program's name.", true),
            new("summary", Plain, "One line for people.", true),
            new(
                "version",
                new Kind.Mapping(
                    new Shape(
                        "a version check",
                        "How to see that the pinned version is there.",
                        [
                            new("run", new Kind.Command(), "Prints the version.", true),
                            new("contains", Plain, "What it must print.", true),
                        ]
                    )
                ),
                "How to see that the pinned version is there."
            ),
            new("environment", new Kind.ListOf(Variable), "What it may see of the bot's environment."),
            new("sensitive", new Kind.ListOf(Plain), "Sub-commands whose output is never shown."),
            new(
                "changes",
                new Kind.ListOf(Plain),
                "Sub-commands or flags with which it changes the files that it is given."
            ),
            new("says", new Kind.ListOf(new Kind.Mapping(Word)), "What its words mean; the first that fits."),
        ]
    );
}
