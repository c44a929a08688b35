using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>Reads what actions and checks look at: which cluster, which object.</summary>
internal sealed class ClusterReader(Inventory inventory, string? own, Problems problems)
{
    /// <summary>The cluster that an action names, or else the step's.</summary>
    public string Of(YamlMap action)
    {
        if (action.Scalar("cluster") is not { } named)
        {
            if (own is null)
                problems.Add(action.At, "This step belongs to no cluster.", "Say which one is meant: 'cluster: name'.");

            return own ?? "";
        }

        var clusters = inventory.Clusters.Select(cluster => cluster.Name).ToArray();

        if (!named.IsUnknown && !clusters.Contains(named.Text))
            problems.Add(named.At, $"There is no cluster {named.Sort}.", Suggestion.Cure(named.Text, clusters));

        return named.Text;
    }

    public PlannedWait Wait(YamlMap wait)
    {
        var all = wait.Truth("all");

        if (!all && wait.Key("selector") is { } selector)
            problems.Add(selector.At, "'selector' needs 'all: true'.");

        return new PlannedWait(Of(wait), wait.Text("for", ""), Object(wait, needsName: !all), wait.Text("selector"));
    }

    public PlannedExec Exec(YamlMap exec)
    {
        if (exec["argv"] is YamlList words)
        {
            foreach (
                var word in words
                    .Items.OfType<YamlScalar>()
                    .Where(word => word.Text.Contains('\0', StringComparison.Ordinal))
            )
            {
                problems.Add(word.At, "An argument cannot contain the character 0.");
            }
        }

        return new PlannedExec(
            Of(exec),
            exec.Text("namespace", ""),
            exec.Text("pod"),
            exec.Text("selector"),
            exec.Text("container"),
            [.. ((exec["argv"] as YamlList)?.Items ?? []).OfType<YamlScalar>().Select(word => word.Text)],
            exec.Text("stdin")
        );
    }

    /// <summary>Queries go to the one metrics store of the inventory, whichever cluster they are about.</summary>
    /// <param name="needsExpect">nothing is said about what must hold</param>
    public PlannedQuery Query(YamlNode? promql, bool needsExpect = false)
    {
        var text = promql as YamlScalar;

        if (promql is not null && inventory.Metrics is null)
        {
            problems.Add(
                promql.At,
                "The inventory names no metrics store.",
                "Give it 'metrics: { cluster, namespace, service, port }'."
            );
        }

        if (promql is not null && needsExpect)
            problems.Add(promql.At, "Nothing is said about what must hold.", "Give the query 'expect'.");

        return new PlannedQuery(inventory.Metrics?.Cluster ?? "", inventory.Metrics?.Service ?? "", text?.Text ?? "");
    }

    public ObjectReference Object(YamlMap holder, bool needsName) =>
        holder.Map("object") is { } map ? Read(map, needsName) : new ObjectReference("", "", null, null);

    public ObjectReference Read(YamlMap map, bool needsName)
    {
        var kind = map.Text("kind", "");
        var at = map.Key("kind")?.At ?? map.At;

        if (kind.Length > 0 && !map.Has("apiVersion") && KnownKinds.ApiVersionOf(kind) is null)
            problems.Add(at, $"'{kind}' is not one of Kubernetes' own kinds.", WhichKind(kind));

        if (needsName && !map.Has("name"))
            problems.Add(map.At, "Which object? 'name' is missing.", "Or 'all: true' in a wait.");

        if (!needsName && map.Key("name") is { } name)
            problems.Add(name.At, "With 'all: true' no object is named.");

        if (KnownKinds.IsNamespaced(kind) is { } namespaced && !map.Has("apiVersion"))
        {
            if (namespaced && needsName && !map.Has("namespace"))
                problems.Add(map.At, $"A {kind} lives in a namespace.", "Say which: 'namespace'.");

            if (!namespaced && map.Key("namespace") is { } surplus)
                problems.Add(surplus.At, $"A {kind} lives in no namespace.", "Leave 'namespace' out.");
        }

        return new ObjectReference(
            map.Text("apiVersion") ?? KnownKinds.ApiVersionOf(kind) ?? "",
            kind,
            map.Text("namespace"),
            map.Text("name")
        );
    }

    private static string WhichKind(string kind) =>
        Suggestion.For(kind, KnownKinds.Names) is { } near
            ? $"Did you mean '{near}'? Otherwise give 'apiVersion'."
            : "Give 'apiVersion' as well.";
}
