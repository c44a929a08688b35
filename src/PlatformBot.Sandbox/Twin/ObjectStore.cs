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

/// <summary>One thing that happened to an object, as a watch reports it. The objects are shared: read, never change them.</summary>
/// <param name="Type">ADDED, MODIFIED or DELETED</param>
/// <param name="Before">The object before the change; null when it was added.</param>
public sealed record StoreEvent(long Version, string Type, ObjectKey Key, JsonObject Object, JsonObject? Before);

/// <summary>
/// The objects of one simulated cluster, with etcd's rules: a rising resourceVersion, a uid for life, a generation that
/// rises when the spec changes, and an object that is being deleted ends when nothing holds it any more. It knows nothing
/// of what the objects mean. Safe for use from several threads; what it gives out are copies, except where it says "view".
/// </summary>
public sealed class ObjectStore(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, JsonObject> _objects = [];
    private readonly Dictionary<(string, string), SortedDictionary<ObjectKey, JsonObject>> _kinds = [];
    private readonly StoreHistory _history = new();
    private long _version = 1;

    /// <summary>Raised after every change, outside the lock; with several writers not always in order of version.</summary>
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
    public IReadOnlyList<JsonObject> List(string apiVersion, string kind, string? inNamespace = null) =>
        [.. View(apiVersion, kind, inNamespace).Select(Copy)];

    /// <summary>
    /// As <see cref="List"/>, but the stored objects themselves, for readers that look often. Never change them: the store
    /// replaces an object when it changes and does not touch the one it gave out.
    /// </summary>
    public IReadOnlyList<JsonObject> View(string apiVersion, string kind, string? inNamespace = null)
    {
        lock (_gate)
        {
            if (!_kinds.TryGetValue((apiVersion, kind), out var all))
                return [];

            return inNamespace is null
                ? [.. all.Values]
                : [.. all.Where(p => p.Key.Namespace == inNamespace).Select(p => p.Value)];
        }
    }

    /// <summary>The stored object itself, or null; never change it.</summary>
    public JsonObject? View(ObjectKey key)
    {
        lock (_gate)
            return _objects.GetValueOrDefault(key);
    }

    /// <summary>Every object there is, as views, in no order.</summary>
    public IReadOnlyList<JsonObject> ViewAll()
    {
        lock (_gate)
            return [.. _objects.Values];
    }

    /// <summary>
    /// Stores the object as given, except what the store itself keeps: uid, creationTimestamp, generation, resourceVersion.
    /// An object equal to the stored one changes nothing and raises no event.
    /// </summary>
    public JsonObject Put(JsonObject json) => Change(ObjectKey.Of(json), _ => Copy(json))!;

    /// <summary>Reads, changes and stores one object under the lock; null when there is none.</summary>
    public JsonObject? Update(ObjectKey key, Action<JsonObject> change) =>
        Change(
            key,
            found =>
            {
                if (found is not null)
                    change(found);

                return found;
            }
        );

    /// <summary>
    /// Reads one object (a copy, null when missing) and stores what the function makes of it, all under the lock. A function
    /// that answers null or throws changes nothing. Gives back what is stored then, or the last state of an object that
    /// ended with this change.
    /// </summary>
    public JsonObject? Change(ObjectKey key, Func<JsonObject?, JsonObject?> change)
    {
        StoreEvent happened;

        lock (_gate)
        {
            var old = _objects.GetValueOrDefault(key);

            if (change(old is null ? null : Copy(old)) is not { } changed)
                return null;

            var kept = StoreStamp.Apply(changed, old, clock);

            if (old is not null && JsonNode.DeepEquals(kept, old))
                return kept;

            kept["metadata"]!["resourceVersion"] = $"{++_version}";
            kept = AsRead(kept);
            happened = StoreStamp.HasEnded(kept) ? Drop(key, kept, old) : Keep(key, kept, old);
        }

        Changed?.Invoke(happened);
        return Copy(happened.Object);
    }

    /// <summary>Removes the object at once, whatever holds it; see <see cref="Deletion"/> for a polite request.</summary>
    public bool Delete(ObjectKey key)
    {
        StoreEvent happened;

        lock (_gate)
        {
            if (!_objects.TryGetValue(key, out var old))
                return false;

            var removed = Copy(old);
            removed["metadata"]!["resourceVersion"] = $"{++_version}";
            happened = Drop(key, removed, old);
        }

        Changed?.Invoke(happened);
        return true;
    }

    /// <summary>Forgets everything, as a wiped disk does; versions keep rising.</summary>
    public void Clear()
    {
        foreach (var json in ViewAll())
            Delete(ObjectKey.Of(json));
    }

    /// <summary>What happened after a version, oldest first; null when that is too long ago to be remembered.</summary>
    public IReadOnlyList<StoreEvent>? Since(long version)
    {
        lock (_gate)
            return _history.Since(version);
    }

    /// <summary>What happened after a version, oldest first, as far as it is remembered.</summary>
    public IReadOnlyList<StoreEvent> EventsAfter(long version)
    {
        lock (_gate)
            return _history.After(version);
    }

    /// <summary>Forgets the history up to now, as etcd's compaction does: older watches cannot be resumed.</summary>
    public void Compact()
    {
        lock (_gate)
            _history.Compact(_version);
    }

    private StoreEvent Keep(ObjectKey key, JsonObject kept, JsonObject? old)
    {
        _objects[key] = kept;

        if (!_kinds.TryGetValue((key.ApiVersion, key.Kind), out var all))
            _kinds[(key.ApiVersion, key.Kind)] = all = new(ByNamespaceAndName);

        all[key] = kept;
        return _history.Add(new(_version, old is null ? "ADDED" : "MODIFIED", key, kept, old));
    }

    private StoreEvent Drop(ObjectKey key, JsonObject last, JsonObject? old)
    {
        _objects.Remove(key);

        if (_kinds.TryGetValue((key.ApiVersion, key.Kind), out var all))
            all.Remove(key);

        return _history.Add(new(_version, "DELETED", key, last, old));
    }

    private static readonly Comparer<ObjectKey> ByNamespaceAndName = Comparer<ObjectKey>.Create(
        (left, right) =>
            string.CompareOrdinal(left.Namespace, right.Namespace) is var order and not 0
                ? order
                : string.CompareOrdinal(left.Name, right.Name)
    );

    // As if it came over the wire: a number written as int can then be read as long, and the other way round.
    private static JsonObject AsRead(JsonObject json) => JsonNode.Parse(json.ToJsonString())!.AsObject();

    private static JsonObject Copy(JsonObject json) => (JsonObject)json.DeepClone();
}
