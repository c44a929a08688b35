using System.Text.Json;
using System.Text.Json.Serialization;

namespace PlatformBot.Core.Planning;

/// <summary>What a step does, with every value filled in.</summary>
[JsonDerivedType(typeof(Run), "run")]
[JsonDerivedType(typeof(Pipe), "pipe")]
[JsonDerivedType(typeof(Apply), "apply")]
[JsonDerivedType(typeof(Patch), "patch")]
[JsonDerivedType(typeof(Delete), "delete")]
[JsonDerivedType(typeof(Wait), "wait")]
[JsonDerivedType(typeof(Exec), "exec")]
[JsonDerivedType(typeof(Query), "query")]
[JsonDerivedType(typeof(Http), "http")]
[JsonDerivedType(typeof(Manual), "manual")]
public abstract record PlannedAction
{
    private PlannedAction() { }

    /// <summary>The cluster that it names by itself, whichever its step is of; null for none.</summary>
    [JsonIgnore]
    public virtual string? On => null;

    /// <summary>Processes one after the other; the first failure ends it.</summary>
    /// <param name="Commands">argv lists</param>
    /// <param name="Secrets">environment variable → reference (op://vault/item/field, file://name, env://NAME); never a value</param>
    public sealed record Run(
        IReadOnlyList<IReadOnlyList<string>> Commands,
        IReadOnlyDictionary<string, string> Secrets,
        bool Sensitive
    ) : PlannedAction;

    /// <summary>Processes joined stdout to stdin; the last starts only when all before it ended with 0.</summary>
    public sealed record Pipe(
        IReadOnlyList<IReadOnlyList<string>> Commands,
        IReadOnlyDictionary<string, string> Secrets,
        bool Sensitive
    ) : PlannedAction;

    /// <summary>Server-side apply.</summary>
    /// <param name="Objects">each one Kubernetes object as JSON text, in the order of application</param>
    public sealed record Apply(string Cluster, IReadOnlyList<string> Objects, bool Force) : PlannedAction
    {
        public override string? On => Cluster;
    }

    /// <summary>Sets or removes (null) labels and annotations, or anything else of an object that exists.</summary>
    public sealed record Patch(
        string Cluster,
        ObjectReference Object,
        IReadOnlyDictionary<string, string?> Labels,
        IReadOnlyDictionary<string, string?> Annotations
    ) : PlannedAction
    {
        public override string? On => Cluster;

        /// <summary>How the body is meant: "merge", "strategic" or "json"; null with labels and annotations alone.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Type { get; init; }

        /// <summary>As JSON text: the fields to merge, or the list of operations.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Body { get; init; }
    }

    /// <summary>Deletes one object, and waits until it is gone.</summary>
    /// <param name="Propagation">what becomes of what it owns: "Background", "Foreground" or "Orphan"</param>
    public sealed record Delete(string Cluster, ObjectReference Object, string Propagation) : PlannedAction
    {
        public override string? On => Cluster;
    }

    /// <summary>Waits until a condition of the cluster holds.</summary>
    public sealed record Wait(PlannedWait For) : PlannedAction
    {
        public override string? On => For.Cluster;
    }

    /// <summary>Runs a command in a container.</summary>
    public sealed record Exec(PlannedExec Command, bool Sensitive) : PlannedAction
    {
        public override string? On => Command.Cluster;
    }

    /// <summary>Asks the metrics store once.</summary>
    public sealed record Query(PlannedQuery Ask, IReadOnlyList<Expectation> Expect) : PlannedAction
    {
        public override string? On => Ask.Cluster;
    }

    /// <summary>One HTTP request.</summary>
    public sealed record Http(PlannedRequest Request, IReadOnlyList<Expectation> Expect) : PlannedAction
    {
        /// <summary>Its answer is never shown or stored.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool Sensitive { get; init; }
    }

    /// <summary>A person does it and says what they saw.</summary>
    /// <param name="Evidence">what must be given: "text", or "file" for words and at least one file</param>
    public sealed record Manual(string Ask, string Evidence) : PlannedAction
    {
        /// <summary>Somebody else must look and say the same.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool SecondPerson { get; init; }

        /// <summary>How often whoever is asked is reminded; null, in plans from before there were reminders: never.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public TimeSpan? Remind { get; init; }

        /// <summary>How long people have, all together, before the step fails; null, in older plans: the step's timeout.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public TimeSpan? Expires { get; init; }
    }
}

/// <summary>One object or, with an empty name, all of a kind.</summary>
/// <param name="ApiVersion">"v1", "apps/v1", …; filled in by the planner for built-in kinds</param>
public sealed record ObjectReference(string ApiVersion, string Kind, string? Namespace, string? Name)
{
    /// <summary>The object that a manifest, as a plan has it, is of.</summary>
    public static ObjectReference Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var metadata = root.TryGetProperty("metadata", out var found) ? found : default;
        return new(
            Text(root, "apiVersion") ?? "",
            Text(root, "kind") ?? "",
            Text(metadata, "namespace"),
            Text(metadata, "name")
        );

        static string? Text(JsonElement holder, string name) =>
            holder.ValueKind == JsonValueKind.Object
            && holder.TryGetProperty(name, out var text)
            && text.ValueKind == JsonValueKind.String
                ? text.GetString()
                : null;
    }

    /// <summary>"daemonset kube-system/cilium"</summary>
    public override string ToString() =>
        $"{Kind.ToLowerInvariant()} {(Namespace is null ? "" : Namespace + "/")}{Name ?? "*"}";
}

/// <summary>A command in a container of a pod: argv, and no shell but the one that it names.</summary>
/// <param name="Pod">null when <paramref name="Selector"/> finds it</param>
/// <param name="Selector">label selector; of the pods that are ready, the first by name</param>
/// <param name="Container">null: the pod's only one</param>
/// <param name="Stdin">null: there is none</param>
public sealed record PlannedExec(
    string Cluster,
    string Namespace,
    string? Pod,
    string? Selector,
    string? Container,
    IReadOnlyList<string> Argv,
    string? Stdin
)
{
    /// <summary>"pod db/pg-1", "a pod of db with role=primary", "container app of pod db/pg-1"</summary>
    public string Place =>
        (Container is null ? "" : $"container {Container} of ")
        + (Pod is null ? $"a pod of {Namespace} with {Selector}" : $"pod {Namespace}/{Pod}");
}

/// <summary>What is waited for.</summary>
/// <param name="For">"ready", "rollout", "condition=Ready", "condition=Ready=False", "exists", "gone" or "jsonpath=.status.phase=Bound"</param>
/// <param name="Selector">label selector, only with all of a kind</param>
public sealed record PlannedWait(string Cluster, string For, ObjectReference Object, string? Selector);

/// <summary>A question to a metrics store that speaks Prometheus' HTTP API, reached through a cluster's API server.</summary>
/// <param name="Service">"monitoring/vmsingle:8428"</param>
public sealed record PlannedQuery(string Cluster, string Service, string Promql);

/// <summary>One HTTP request.</summary>
/// <param name="Headers">sorted by name; no secrets</param>
/// <param name="Bearer">reference (op://vault/item/field, file://name, env://NAME) of a token; never a value</param>
public sealed record PlannedRequest(
    string Method,
    string Url,
    IReadOnlyDictionary<string, string> Headers,
    string? Body,
    string? Bearer
)
{
    /// <summary>It may be sent as often as one likes.</summary>
    [JsonIgnore]
    public bool IsSafe => Method is "GET" or "HEAD";

    /// <summary>"GET https://grafana.example/api/health"</summary>
    public override string ToString() => $"{Method} {Url}";
}

/// <summary>A text that is in a file while the step's processes run.</summary>
/// <param name="Path">in the private folder in memory; named after the text, so that equal texts are one file</param>
/// <param name="Text">references <c>{{ op://vault/item/field }}</c> in it are read when the file is written, and are never in a plan</param>
public sealed record PlannedFile(string Name, string Path, string Text);
