using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin;

/// <summary>Which object: API group and version, kind, namespace ("" for cluster-scoped ones) and name.</summary>
/// <param name="ApiVersion">"v1", "apps/v1", …</param>
public readonly record struct ObjectKey(string ApiVersion, string Kind, string Namespace, string Name)
{
    /// <summary>The key of an object as it stands in its own JSON.</summary>
    public static ObjectKey Of(JsonObject json) =>
        new(
            (string?)json["apiVersion"] ?? "",
            (string?)json["kind"] ?? "",
            (string?)json["metadata"]?["namespace"] ?? "",
            (string?)json["metadata"]?["name"] ?? ""
        );
}

/// <summary>One thing that happened to an object, as a watch reports it.</summary>
/// <param name="Type">ADDED, MODIFIED or DELETED</param>
public sealed record StoreEvent(long Version, string Type, ObjectKey Key, JsonObject Object);

/// <summary>
/// The objects of one simulated cluster, with etcd's rules: a rising resourceVersion, a uid for life, a generation that
/// rises when the spec changes. It knows nothing of what the objects mean. Safe for use from several threads; what it
/// gives out are copies.
/// </summary>
public sealed class ObjectStore(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, JsonObject> _objects = [];
    private readonly List<StoreEvent> _events = [];
    private long _version = 1;

    /// <summary>Raised after every change, outside the lock.</summary>
    public event Action<StoreEvent>? Changed;

    /// <summary>The newest resourceVersion.</summary>
    public long Version
    {
        get
        {
            lock (_gate)
                return _version;
        }
    }

    public JsonObject? Get(ObjectKey key)
    {
        lock (_gate)
            return _objects.TryGetValue(key, out var found) ? Copy(found) : null;
    }

    /// <summary>All objects of a kind, in all namespaces or in one, ordered by namespace and name.</summary>
    public IReadOnlyList<JsonObject> List(string apiVersion, string kind, string? inNamespace = null)
    {
        lock (_gate)
        {
            return
            [
                .. _objects
                    .Where(pair => pair.Key.ApiVersion == apiVersion && pair.Key.Kind == kind)
                    .Where(pair => inNamespace is null || pair.Key.Namespace == inNamespace)
                    .OrderBy(pair => pair.Key.Namespace, StringComparer.Ordinal)
                    .ThenBy(pair => pair.Key.Name, StringComparer.Ordinal)
                    .Select(pair => Copy(pair.Value)),
            ];
        }
    }

    /// <summary>
    /// Stores the object as given, except what the store itself keeps: uid, creationTimestamp, generation, resourceVersion.
    /// An object equal to the stored one changes nothing and raises no event.
    /// </summary>
    public JsonObject Put(JsonObject json)
    {
        StoreEvent happened;

        lock (_gate)
        {
            var key = ObjectKey.Of(json);
            var old = _objects.GetValueOrDefault(key);
            var kept = Stamp(Copy(json), old);

            if (old is not null && JsonNode.DeepEquals(WithVersion(Copy(kept), old), old))
                return Copy(old);

            kept["metadata"]!["resourceVersion"] = $"{++_version}";
            _objects[key] = kept;
            happened = Record(old is null ? "ADDED" : "MODIFIED", key, kept);
        }

        Changed?.Invoke(happened);
        return Copy(happened.Object);
    }

    /// <summary>Reads, changes and stores one object under the lock; null when there is none.</summary>
    public JsonObject? Update(ObjectKey key, Action<JsonObject> change)
    {
        lock (_gate)
        {
            if (!_objects.TryGetValue(key, out var found))
                return null;

            var changed = Copy(found);
            change(changed);
            return Put(changed);
        }
    }

    public bool Delete(ObjectKey key)
    {
        StoreEvent happened;

        lock (_gate)
        {
            if (!_objects.Remove(key, out var removed))
                return false;

            removed["metadata"]!["resourceVersion"] = $"{++_version}";
            happened = Record("DELETED", key, removed);
        }

        Changed?.Invoke(happened);
        return true;
    }

    /// <summary>What happened after a version, oldest first.</summary>
    public IReadOnlyList<StoreEvent> EventsAfter(long version)
    {
        lock (_gate)
            return [.. _events.SkipWhile(happened => happened.Version <= version)];
    }

    private JsonObject Stamp(JsonObject json, JsonObject? old)
    {
        var metadata = json["metadata"] as JsonObject ?? [];
        json["metadata"] = metadata;
        metadata["uid"] = (string?)old?["metadata"]?["uid"] ?? Guid.NewGuid().ToString();
        metadata["creationTimestamp"] =
            (string?)old?["metadata"]?["creationTimestamp"] ?? $"{clock.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}";
        var generation = (long?)old?["metadata"]?["generation"] ?? 0;
        var specChanged = old is null || !JsonNode.DeepEquals(old["spec"], json["spec"]);
        metadata["generation"] = specChanged ? generation + 1 : generation;
        return json;
    }

    private static JsonObject WithVersion(JsonObject json, JsonObject old)
    {
        json["metadata"]!["resourceVersion"] = (string?)old["metadata"]?["resourceVersion"];
        return json;
    }

    private StoreEvent Record(string type, ObjectKey key, JsonObject json)
    {
        var happened = new StoreEvent(_version, type, key, Copy(json));
        _events.Add(happened);
        return happened;
    }

    private static JsonObject Copy(JsonObject json) => (JsonObject)json.DeepClone();
}
