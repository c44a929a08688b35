using System.Security.Cryptography;

namespace PlatformBot.Core;

/// <summary>Pauses between tries: from half a second, doubling, to half a minute, each with jitter so that not all come back at once.</summary>
public sealed class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private int _tries;

    public int Tries => _tries;

    public TimeSpan Next()
    {
        var pause = Math.Min(Longest.TotalMilliseconds, First.TotalMilliseconds * Math.Pow(2, Math.Min(_tries++, 10)));
        return TimeSpan.FromMilliseconds((pause / 2) + RandomNumberGenerator.GetInt32((int)(pause / 2) + 1));
    }
}
