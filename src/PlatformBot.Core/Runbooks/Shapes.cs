using static PlatformBot.Core.Runbooks.Forms;

namespace PlatformBot.Core.Runbooks;

/// <summary>The runbook language: the files, and what they consist of. docs/runbooks.md tells the same in prose.</summary>
internal static class Shapes
{
    public static readonly string[] ParameterTypes =
    [
        "cluster",
        "node",
        "phase",
        "choice",
        "number",
        "version",
        "text",
    ];

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

    public static readonly Shape Phase = new(
        "a phase",
        "A named part of a runbook.",
        [
            new("phase", Name, "Its name.", true),
            new("title", Plain, "For people.", true),
            new("each", new Kind.Choice("cluster"), "Made once per chosen cluster."),
            new("steps", new Kind.ListOf(new Kind.Mapping(StepShapes.Step), 1), "Its steps.", true),
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
            new("step", new Kind.Mapping(StepShapes.PartStep), "Its body.", true),
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

    public static readonly Shape Metrics = new(
        "a metrics store",
        "Where queries are asked: a service that understands Prometheus' HTTP API, reached through a cluster's API server.",
        [
            new("cluster", Plain, "The cluster that it runs in.", true),
            new("namespace", Plain, "The service's namespace.", true),
            new("service", Plain, "The service's name.", true),
            new("port", Plain, "Its port: a number or a name.", true),
        ]
    );

    public static readonly Shape Inventory = new(
        "the inventory",
        "The facts that runbooks refer to.",
        [
            new("versions", new Kind.MapOf(Plain), "Versions by name."),
            new("clusters", new Kind.MapOf(new Kind.Mapping(Cluster)), "Clusters by name.", true),
            new("metrics", new Kind.Mapping(Metrics), "The metrics store that `query` asks."),
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
            new("tool", Program, "Its program's name.", true),
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
