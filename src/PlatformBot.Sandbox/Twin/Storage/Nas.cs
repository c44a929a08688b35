using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary>What a backup put into a bucket: the objects, and what was written on the volumes, by claim.</summary>
/// <param name="Volumes">"namespace/claim" → what was written on it</param>
internal sealed record KeptBackup(IReadOnlyList<JsonObject> Objects, IReadOnlyDictionary<string, string> Volumes);

/// <summary>The object store on the NAS: buckets and keys that a person makes, and what was put into them.</summary>
/// <remarks>Fault "CLUSTER/nas-away": that cluster does not reach it.</remarks>
public sealed class Nas(Faults faults)
{
    public const string Address = "10.25.11.3:9000";

    private static readonly string[] Clusters = ["infra", "apps"];

    private readonly ConcurrentDictionary<string, string> _keys = [];
    private readonly ConcurrentDictionary<string, KeptBackup> _kept = [];
    private readonly ConcurrentDictionary<string, bool> _buckets = [];
    private readonly ConcurrentDictionary<string, NasFile> _files = [];

    /// <summary>A person makes buckets.</summary>
    public void MakeBuckets(params string[] names)
    {
        foreach (var name in names)
            _buckets[name] = true;
    }

    /// <summary>The buckets that the runbooks ask people for, of one cluster.</summary>
    public void MakeBucketsOf(string cluster)
    {
        MakeBuckets("velero-backups", $"volsync-{cluster}");

        // What is copied is infra's alone.
        if (cluster == "infra")
            MakeBuckets("object-store-mirror", "object-store-mirror-deleted");
    }

    /// <summary>A person makes a key.</summary>
    public void Accept(string accessKey, string secretKey) => _keys[accessKey] = secretKey;

    public NasTrouble Trouble(string cluster, string bucket, string accessKey, string secretKey)
    {
        if (faults.Lasts($"{cluster}/nas-away"))
            return NasTrouble.Away;

        if (!_keys.TryGetValue(accessKey, out var known) || known != secretKey)
            return NasTrouble.WrongKey;

        return _buckets.ContainsKey(bucket) ? NasTrouble.None : NasTrouble.NoBucket;
    }

    /// <param name="place">"velero-backups/infra/smoke"</param>
    internal void Keep(string place, KeptBackup backup) => _kept[place] = backup;

    internal KeptBackup? Find(string place) => _kept.GetValueOrDefault(place);

    internal void Forget(string place) => _kept.TryRemove(place, out _);

    /// <summary>As the bot's host sees it, which stands in neither cluster: it is away when it is away for both.</summary>
    public NasTrouble TroubleOutside(string bucket, string accessKey, string secretKey)
    {
        var seen = Clusters.Select(cluster => Trouble(cluster, bucket, accessKey, secretKey)).ToList();
        return seen.Contains(NasTrouble.None) ? NasTrouble.None : seen[0];
    }

    /// <param name="place">"velero-backups/etcd/infra/etcd.db.age"</param>
    internal void Put(string place, NasFile file) => _files[place] = file;

    public NasFile? FileAt(string place) => _files.GetValueOrDefault(place);
}

/// <summary>A file in a bucket.</summary>
public sealed record NasFile(string Text, DateTimeOffset ModifiedAt);

/// <summary>Why the NAS does not do what it is asked.</summary>
public enum NasTrouble
{
    None,
    Away,
    WrongKey,
    NoBucket,
}
