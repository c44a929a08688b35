using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace PlatformBot.Terminal;

/// <summary>Numbers that make a signed command good for one time. They live in memory: a restart voids them.</summary>
internal sealed class Nonces(TimeSpan life, TimeProvider clock)
{
    private const int Bytes = 32;

    /// <summary>Whoever asks for more than this makes the oldest worthless.</summary>
    private const int Most = 256;

    private readonly ConcurrentDictionary<string, long> _given = new();

    /// <summary>64 hex digits.</summary>
    public string Give()
    {
        if (_given.Count >= Most)
        {
            foreach (var (old, _) in _given.OrderBy(pair => pair.Value).Take(Most / 2))
                _given.TryRemove(old, out _);
        }

        var nonce = RandomNumberGenerator.GetHexString(2 * Bytes, lowercase: true);
        _given[nonce] = clock.GetTimestamp();
        return nonce;
    }

    /// <summary>True once for each that was given, if it comes in time.</summary>
    public bool Take(string nonce) => _given.TryRemove(nonce, out var at) && clock.GetElapsedTime(at) < life;
}
