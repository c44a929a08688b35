using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Tools.Platform;

/// <summary>The objects that velero's <c>create</c> makes of its flags.</summary>
internal static class VeleroSpecs
{
    public const string Flags =
        "include-namespaces= exclude-namespaces= include-resources= exclude-resources= labels= selector,l= storage-location= ttl= snapshot-move-data from-backup= namespace-mappings= existing-resource-policy= wait,w from-schedule=";

    private static readonly (string Flag, string Field)[] Filters =
    [
        ("include-namespaces", "includedNamespaces"),
        ("exclude-namespaces", "excludedNamespaces"),
        ("include-resources", "includedResources"),
        ("exclude-resources", "excludedResources"),
    ];

    public static JsonObject Backup(Flags flags)
    {
        var spec = Filtered(flags);
        spec["includedNamespaces"] ??= List(["*"]);
        spec["ttl"] = flags.Get("ttl", "720h0m0s");
        spec["storageLocation"] = flags.Get("storage-location", "");
        spec["snapshotMoveData"] = flags.IsOn("snapshot-move-data");
        return Made("Backup", NameOf(flags), flags, spec);
    }

    /// <summary>What the schedule would make now; its name is the schedule's with the time, unless one is given.</summary>
    public static JsonObject Scheduled(Flags flags, JsonObject schedule, DateTimeOffset now)
    {
        var from = (string)schedule["metadata"]!["name"]!;
        var spec = (JsonObject)schedule["spec"]!["template"]!.DeepClone();
        var backup = Made("Backup", flags.Words.FirstOrDefault() ?? $"{from}-{now:yyyyMMddHHmmss}", flags, spec);
        backup["metadata"]!["labels"]!["velero.io/schedule-name"] = from;
        return backup;
    }

    public static JsonObject Restore(Flags flags)
    {
        var (backup, schedule) = (flags.Get("from-backup"), flags.Get("from-schedule"));

        if (backup is null == schedule is null)
            throw VeleroTool.Error("either a backup or schedule must be specified, but not both");

        var spec = Filtered(flags);
        spec[backup is null ? "scheduleName" : "backupName"] = backup ?? schedule;

        if (flags.Get("existing-resource-policy") is { } policy)
            spec["existingResourcePolicy"] = policy;

        var mapping = new JsonObject();

        foreach (var pair in flags.Many("namespace-mappings").Select(text => text.Split(':', 2)))
            mapping[pair[0]] = pair.ElementAtOrDefault(1);

        spec["namespaceMapping"] = mapping;
        return Made("Restore", NameOf(flags), flags, spec);
    }

    private static string NameOf(Flags flags) =>
        flags.Words.FirstOrDefault() ?? throw VeleroTool.Error("a name is required");

    private static JsonObject Made(string kind, string name, Flags flags, JsonObject spec)
    {
        var labels = new JsonObject();

        foreach (var pair in flags.Many("labels").Select(text => text.Split('=', 2)))
            labels[pair[0]] = pair.ElementAtOrDefault(1) ?? "";

        return new JsonObject
        {
            ["apiVersion"] = "velero.io/v1",
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = labels },
            ["spec"] = spec,
        };
    }

    private static JsonObject Filtered(Flags flags)
    {
        var spec = new JsonObject();

        foreach (var (flag, field) in Filters)
        {
            if (flags.Many(flag) is { Count: > 0 } given)
                spec[field] = List(given);
        }

        return spec;
    }

    private static JsonArray List(IReadOnlyList<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
