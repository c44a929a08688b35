using static PlatformBot.Core.Runbooks.Forms;

namespace PlatformBot.Core.Runbooks;

/// <summary>What probes and verifications look at.</summary>
internal static class CheckShapes
{
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

    public static readonly Shape Http = new(
        "an HTTP request",
        "What an address answers. Redirects are not followed; an answer is read up to 1 MiB.",
        [
            new("url", Url, "https:// or http://; its host cannot come from people.", true),
            new("headers", new Kind.MapOf(Filled), "Headers of the request; never a secret."),
            new("bearer", Reference, "A token, read at the last moment, for the header Authorization."),
        ]
    );

    /// <summary>What an expectation can say; one of them is enough.</summary>
    public static readonly string[] Comparisons =
    [
        "exit",
        "status",
        "equals",
        "contains",
        "lacks",
        "one-of",
        "at-least",
        "at-most",
        "above",
        "below",
        "younger-than",
        "valid-for",
        "count",
        "exists",
    ];

    public static readonly Shape Expectation = new(
        "an expectation",
        "What must hold of what was seen.",
        [
            new("exit", new Kind.Number(0, 255), "The exit code."),
            new("status", new Kind.Number(100, 599), "The status of an HTTP answer (default: any from 200 to 299)."),
            new("in", new Kind.Choice("stdout", "stderr"), "Which text of a process (default: stdout)."),
            new("path", Filled, "A JSONPath; the text is read as JSON."),
            new("last", Truth, "Reads the last of several JSON documents."),
            new("equals", Filled, "Is exactly this."),
            new("contains", Filled, "Contains this."),
            new("lacks", Filled, "Does not contain this."),
            new("one-of", new Kind.ListOf(Filled, 1), "Is exactly one of these."),
            new("at-least", new Kind.Decimal(), "Is a number, at least this one."),
            new("at-most", new Kind.Decimal(), "Is a number, at most this one."),
            new("above", new Kind.Decimal(), "Is a number greater than this one."),
            new("below", new Kind.Decimal(), "Is a number less than this one."),
            new("younger-than", Duration, "Is a time (RFC 3339) less than this ago."),
            new("valid-for", Duration, "Is a time (RFC 3339) at least this far ahead."),
            new("count", new Kind.Number(0, 100_000), "How many values the path finds."),
            new("exists", Truth, "Whether the path finds anything."),
        ]
    )
    {
        ExactlyOne = [.. Comparisons],
    };

    public static readonly Shape Check = new(
        "a check",
        "A read-only look at the world that holds or does not hold.",
        [
            new("run", new Kind.Command(), "A process: its exit code and output."),
            new("get", new Kind.Mapping(Object), "One object exists and looks as expected."),
            new("wait", new Kind.Mapping(Wait), "A wait's condition, looked at once."),
            new("raw", Filled, "The API server's answer for a path."),
            new("query", Filled, "PromQL, asked of the inventory's metrics store; needs `expect`."),
            new("http", new Kind.Mapping(Http), "What an address answers to GET."),
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
        ExactlyOne = ["run", "get", "wait", "raw", "exec", "query", "http"],
    };
}
