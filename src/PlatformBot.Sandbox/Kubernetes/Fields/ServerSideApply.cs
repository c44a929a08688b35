using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes.Fields;

/// <summary>Server-side apply: what a manager names is set and becomes its own; what it no longer names goes.</summary>
internal static class ServerSideApply
{
    /// <summary>Changes <paramref name="live"/> to what it is after the apply, ownership included.</summary>
    /// <exception cref="StatusException">409 when another manager owns a field with another value.</exception>
    public static void Onto(JsonObject live, JsonObject wanted, Resource resource, WriteOptions options, string time)
    {
        var owners = ManagedFields.Of(live);
        var before = FieldSet.Of(live, resource.Custom);
        var applied = FieldSet.Of(wanted, resource.Custom);
        var contested = Contested(applied, before, owners, options);

        if (contested.Count > 0 && !options.Force)
            throw Conflict(contested);

        var dropped = Dropped(owners.AppliedBy(options.Manager, options.Subresource), applied.Keys);
        owners.Forget(contested.Select(conflict => conflict.Path).ToHashSet());
        FieldMerge.Onto(live, wanted, resource.Custom);

        // The longest paths first: a list item goes after its fields.
        foreach (var path in dropped.OrderByDescending(path => path.Length))
        {
            if (!owners.OthersHold(path, options.Manager, options.Subresource))
                FieldPath.Remove(live, path);
        }

        owners.SetApplied(options.Manager, resource.ApiVersion, options.Subresource, [.. applied.Keys], time);
        owners.WriteTo(live);
    }

    /// <summary>Writes down who owns what after a change that was no apply.</summary>
    public static void Track(JsonObject? before, JsonObject after, Resource resource, WriteOptions options, string time)
    {
        var old = before is null ? [] : FieldSet.Of(before, resource.Custom);
        var now = FieldSet.Of(after, resource.Custom);
        var changed = now.Where(leaf =>
                !old.TryGetValue(leaf.Key, out var was) || !JsonNode.DeepEquals(was, leaf.Value)
            )
            .Select(leaf => leaf.Key)
            .ToHashSet();

        var owners = ManagedFields.Of(before);
        owners.Forget(old.Keys.Except(now.Keys).ToHashSet());
        owners.AddUpdated(options.Manager, resource.ApiVersion, options.Subresource, changed, time);
        owners.WriteTo(after);
    }

    private static List<string> Dropped(IEnumerable<string> owned, IReadOnlyCollection<string> applied) =>
        [
            .. owned
                .Except(applied)
                // An empty section that has content now is not dropped: it is spelled out.
                .Where(path =>
                    !applied.Any(field => field.StartsWith(path + FieldSet.Separator, StringComparison.Ordinal))
                ),
        ];

    private static List<Contest> Contested(
        Dictionary<string, JsonNode?> applied,
        Dictionary<string, JsonNode?> before,
        ManagedFields owners,
        WriteOptions options
    ) =>
        [
            .. applied
                .Where(leaf => before.TryGetValue(leaf.Key, out var was) && !JsonNode.DeepEquals(was, leaf.Value))
                .SelectMany(leaf =>
                    owners
                        .OthersOwning(leaf.Key, options.Manager, options.Subresource)
                        .Select(owner => new Contest(leaf.Key, owner))
                ),
        ];

    private static StatusException Conflict(IReadOnlyList<Contest> contested)
    {
        var causes = contested.Select(conflict => new JsonObject
        {
            ["reason"] = "FieldManagerConflict",
            ["message"] = $"{conflict.Owner}",
            ["field"] = FieldPath.Spoken(conflict.Path),
        });

        var message =
            contested.Count == 1
                ? $"1 conflict: {Line(contested[0])}"
                : $"{contested.Count} conflicts: {Lines(contested)}";
        return new StatusException(
            409,
            "Conflict",
            $"Apply failed with {message}",
            new() { ["causes"] = new JsonArray([.. causes]) }
        );
    }

    private static string Line(Contest conflict) => $"{conflict.Owner}: {FieldPath.Spoken(conflict.Path)}";

    private static string Lines(IReadOnlyList<Contest> contested) =>
        string.Join(
            '\n',
            contested
                .GroupBy(conflict => conflict.Owner)
                .Select(group =>
                    $"conflicts with {$"{group.Key}"["conflict with ".Length..]}:\n"
                    + string.Join('\n', group.Select(conflict => $"- {FieldPath.Spoken(conflict.Path)}"))
                )
        );

    private sealed record Contest(string Path, ManagedEntry Owner);
}
