namespace PlatformBot.Sandbox.Twin.Security;

/// <summary>One record of the public zone.</summary>
/// <param name="Owner">The TXT owner id that was written beside it.</param>
public sealed record DnsRecord(string Name, string Type, string Target, string Owner);

/// <summary>The zone monosense.io at Cloudflare, as External-DNS changes it.</summary>
public sealed class DnsZone
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DnsRecord> _records = [];

    public IReadOnlyList<DnsRecord> Records
    {
        get
        {
            lock (_gate)
                return [.. _records.Values.OrderBy(record => record.Name, StringComparer.Ordinal)];
        }
    }

    public DnsRecord? Find(string name)
    {
        lock (_gate)
            return _records.GetValueOrDefault(name);
    }

    /// <summary>
    /// What one owner wants, and nothing else of his: policy "sync". A name that is somebody else's, or nobody's, stays as it is.
    /// </summary>
    public void Sync(string owner, IReadOnlyList<DnsRecord> wanted)
    {
        lock (_gate)
        {
            var names = wanted.Select(record => record.Name).ToHashSet();

            foreach (var gone in _records.Values.Where(one => one.Owner == owner && !names.Contains(one.Name)).ToList())
                _records.Remove(gone.Name);

            foreach (var record in wanted)
            {
                if (!_records.TryGetValue(record.Name, out var found) || found.Owner == owner)
                    _records[record.Name] = record;
            }
        }
    }
}
