using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes.Fields;

/// <summary>Who owns which fields: metadata.managedFields, one entry per manager, operation and subresource.</summary>
internal sealed class ManagedFields
{
    private readonly List<Entry> _entries;

    private ManagedFields(List<Entry> entries) => _entries = entries;

    public static ManagedFields Of(JsonObject? json) =>
        new([.. (json?.Items("metadata", "managedFields") ?? []).Select(Read)]);

    /// <summary>The fields that this manager has applied.</summary>
    public IReadOnlySet<string> AppliedBy(string manager, string subresource) =>
        Find(manager, "Apply", subresource)?.Fields ?? [];

    /// <summary>The managers other than this applier that own the field.</summary>
    public IEnumerable<ManagedEntry> OthersOwning(string path, string manager, string subresource) =>
        _entries
            .Where(entry => !entry.Is(manager, "Apply", subresource) && entry.Fields.Contains(path))
            .Select(entry => new ManagedEntry(entry.Manager, entry.Operation, entry.ApiVersion));

    /// <summary>True when anybody but this applier owns the field or something below it.</summary>
    public bool OthersHold(string path, string manager, string subresource)
    {
        var below = path.EndsWith('.') ? path[..^1] : path + FieldSet.Separator;
        return _entries
            .Where(entry => !entry.Is(manager, "Apply", subresource))
            .Any(entry =>
                entry.Fields.Contains(path)
                || entry.Fields.Any(field => field.StartsWith(below, StringComparison.Ordinal))
            );
    }

    /// <summary>The manager now owns exactly these fields by apply.</summary>
    public void SetApplied(
        string manager,
        string apiVersion,
        string subresource,
        HashSet<string> fields,
        string time
    ) => Set(manager, "Apply", apiVersion, subresource, fields, time);

    /// <summary>The manager changed these fields by an update: they become its own and nobody else's.</summary>
    public void AddUpdated(
        string manager,
        string apiVersion,
        string subresource,
        IReadOnlySet<string> changed,
        string time
    )
    {
        if (changed.Count == 0)
            return;

        Forget(changed);
        var fields = new HashSet<string>(Find(manager, "Update", subresource)?.Fields ?? [], StringComparer.Ordinal);
        fields.UnionWith(changed);
        Set(manager, "Update", apiVersion, subresource, fields, time);
    }

    /// <summary>Nobody owns these fields any more.</summary>
    public void Forget(IReadOnlySet<string> fields)
    {
        foreach (var entry in _entries)
            entry.Fields.ExceptWith(fields);

        _entries.RemoveAll(entry => entry.Fields.Count == 0);
    }

    public void WriteTo(JsonObject json)
    {
        if (_entries.Count == 0)
            json.Section("metadata").Remove("managedFields");
        else
            json.Section("metadata")["managedFields"] = new JsonArray([.. _entries.Select(entry => entry.ToJson())]);
    }

    private Entry? Find(string manager, string operation, string subresource) =>
        _entries.Find(entry => entry.Is(manager, operation, subresource));

    private void Set(
        string manager,
        string operation,
        string apiVersion,
        string subresource,
        HashSet<string> fields,
        string time
    )
    {
        // The time tells when the set changed, not when somebody asked: an apply that changes nothing writes nothing.
        if (Find(manager, operation, subresource) is { } old)
        {
            if (old.Fields.SetEquals(fields) && old.ApiVersion == apiVersion)
                return;

            _entries.Remove(old);
        }

        if (fields.Count > 0)
            _entries.Add(new(manager, operation, apiVersion, subresource, time, fields));
    }

    private static Entry Read(JsonObject entry) =>
        new(
            entry.Text("manager"),
            entry.Text("operation"),
            entry.Text("apiVersion"),
            entry.Text("subresource"),
            entry.Text("time"),
            FieldSet.FromFieldsV1(entry["fieldsV1"])
        );

    private sealed record Entry(
        string Manager,
        string Operation,
        string ApiVersion,
        string Subresource,
        string Time,
        HashSet<string> Fields
    )
    {
        public bool Is(string manager, string operation, string subresource) =>
            Manager == manager && Operation == operation && Subresource == subresource;

        public JsonObject ToJson()
        {
            var json = new JsonObject
            {
                ["manager"] = Manager,
                ["operation"] = Operation,
                ["apiVersion"] = ApiVersion,
                ["time"] = Time,
                ["fieldsType"] = "FieldsV1",
                ["fieldsV1"] = FieldSet.ToFieldsV1(Fields),
            };

            if (Subresource.Length > 0)
                json["subresource"] = Subresource;

            return json;
        }
    }
}

/// <summary>An owner as a conflict names it.</summary>
internal sealed record ManagedEntry(string Manager, string Operation, string ApiVersion)
{
    /// <summary>An owner by update is named with the API version that it used.</summary>
    public override string ToString() =>
        Operation == "Apply" ? $"conflict with \"{Manager}\"" : $"conflict with \"{Manager}\" using {ApiVersion}";
}
