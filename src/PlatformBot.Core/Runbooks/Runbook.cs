using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runbooks;

/// <summary>What could be done: a file in <c>commands/</c>.</summary>
public sealed record Runbook
{
    /// <summary>What people type after the trigger: "bootstrap".</summary>
    public required string Command { get; init; }

    public required string Summary { get; init; }

    public required IReadOnlyList<string> Examples { get; init; }

    public required IReadOnlyList<Parameter> Parameters { get; init; }

    public required AccessRule Access { get; init; }

    public required ApprovalRule Approval { get; init; }

    /// <summary>How many steps may run at once in the run.</summary>
    public required int Parallel { get; init; }

    public required int ParallelPerCluster { get; init; }

    /// <summary>May run beside another run that destroys something.</summary>
    public bool IsAlongside { get; init; }

    /// <summary>When a step has failed for good, nothing new starts.</summary>
    public bool StopsAtFailure { get; init; }

    public IReadOnlyList<string> PhaseNames => [.. Phases.Select(phase => phase.Name)];

    /// <summary>"bootstrap &lt;cluster&gt; [from]"</summary>
    public string Usage =>
        string.Join(' ', [Command, .. Parameters.Select(it => it.IsOptional ? $"[{it.Name}]" : $"<{it.Name}>")]);

    internal IReadOnlyList<YamlScalar> Locks { get; init; } = [];

    internal IReadOnlyList<PhaseText> Phases { get; init; } = [];
}

public enum ParameterType
{
    Cluster,
    Node,
    Phase,
    Choice,
    Number,
    Version,
    Text,
}

/// <summary>Something that people say when they start a runbook.</summary>
/// <param name="Values">what a choice allows</param>
public sealed record Parameter(
    string Name,
    ParameterType Type,
    string Help,
    bool Optional,
    string? Default,
    IReadOnlyList<string> Values
)
{
    public bool IsOptional => Optional || Default is not null;
}

/// <summary>A phase as it is written, before it is made for a cluster.</summary>
internal sealed record PhaseText(Place At, string Name, string Title, bool EachCluster, IReadOnlyList<StepText> Steps);

/// <summary>A step as it is written, its part already put in, before it is made for a cluster and a node.</summary>
/// <param name="Body">its fields; placeholders are not filled in yet</param>
/// <param name="With">the parameters for its part</param>
/// <param name="Needs">null: the step before it</param>
internal sealed record StepText(
    Place At,
    string Name,
    YamlMap Body,
    YamlMap? With,
    YamlScalar? On,
    YamlScalar? Beside,
    Each? Each,
    IReadOnlyList<YamlScalar>? Needs
)
{
    /// <summary>With <see cref="Each"/>: one item after the other.</summary>
    public bool InTurn { get; init; }

    /// <summary>The runbook whose steps are made in its place; null when it is a step itself.</summary>
    public CallText? Call { get; init; }
}

/// <summary>"call: health", with what it asks for; placeholders are not filled in yet.</summary>
internal sealed record CallText(YamlScalar Command, YamlMap? Arguments);

/// <summary>"node in cluster.nodes"</summary>
internal sealed record Each(YamlScalar At, string Variable, string Path);
