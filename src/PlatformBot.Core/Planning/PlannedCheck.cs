using System.Text.Json.Serialization;

namespace PlatformBot.Core.Planning;

/// <summary>A read-only look at the world that holds or does not hold.</summary>
[JsonDerivedType(typeof(Run), "run")]
[JsonDerivedType(typeof(Get), "get")]
[JsonDerivedType(typeof(Wait), "wait")]
[JsonDerivedType(typeof(Raw), "raw")]
[JsonDerivedType(typeof(Exec), "exec")]
[JsonDerivedType(typeof(Query), "query")]
[JsonDerivedType(typeof(Http), "http")]
public abstract record PlannedCheck
{
    private PlannedCheck() { }

    /// <summary>The cluster that it looks at; null where it is not the API server that is asked.</summary>
    [JsonIgnore]
    public virtual string? On => null;

    /// <summary>How long one look may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    public IReadOnlyList<Expectation> Expect { get; init; } = [];

    /// <summary>A process: exit code and output.</summary>
    public sealed record Run(IReadOnlyList<string> Command) : PlannedCheck;

    /// <summary>One object of a cluster exists and looks as expected.</summary>
    public sealed record Get(string Cluster, ObjectReference Object) : PlannedCheck
    {
        public override string? On => Cluster;
    }

    /// <summary>A wait's condition, looked at once.</summary>
    public sealed record Wait(PlannedWait For) : PlannedCheck
    {
        public override string? On => For.Cluster;
    }

    /// <summary>The API server's answer for a path: status 200 and as expected.</summary>
    public sealed record Raw(string Cluster, string Path) : PlannedCheck
    {
        public override string? On => Cluster;
    }

    /// <summary>A command in a container: exit code and output.</summary>
    public sealed record Exec(PlannedExec Command) : PlannedCheck
    {
        public override string? On => Command.Cluster;
    }

    /// <summary>What the metrics store says.</summary>
    public sealed record Query(PlannedQuery Ask) : PlannedCheck
    {
        public override string? On => Ask.Cluster;
    }

    /// <summary>What an address answers to GET.</summary>
    public sealed record Http(PlannedRequest Request) : PlannedCheck;
}

/// <summary>One thing that is looked at. Exactly one of the comparisons is set; <see cref="Path"/> turns text into JSON first.</summary>
public sealed record Expectation
{
    /// <summary>The exit code.</summary>
    public int? Exit { get; init; }

    /// <summary>The status of an HTTP answer.</summary>
    public int? Status { get; init; }

    /// <summary>"stdout" or "stderr", for processes.</summary>
    public string In { get; init; } = "stdout";

    /// <summary>A kubectl JSONPath such as <c>.status.conditions[?(@.type=="Ready")].status</c>; null compares the text itself.</summary>
    public string? Path { get; init; }

    /// <summary>Reads the last of several JSON documents.</summary>
    public bool Last { get; init; }

    [JsonPropertyName("equals")]
    public string? EqualTo { get; init; }

    public string? Contains { get; init; }

    public string? Lacks { get; init; }

    /// <summary>Exactly one of these.</summary>
    public IReadOnlyList<string>? OneOf { get; init; }

    public double? AtLeast { get; init; }

    public double? AtMost { get; init; }

    public double? Above { get; init; }

    public double? Below { get; init; }

    /// <summary>A time, RFC 3339, less than this ago.</summary>
    public TimeSpan? YoungerThan { get; init; }

    /// <summary>A time, RFC 3339, at least this far ahead.</summary>
    public TimeSpan? ValidFor { get; init; }

    /// <summary>How many values the path finds (for an array: its length).</summary>
    public int? Count { get; init; }

    public bool? Exists { get; init; }
}
