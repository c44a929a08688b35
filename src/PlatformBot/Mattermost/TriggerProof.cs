using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace PlatformBot.Mattermost;

internal enum Proof
{
    /// <summary>The server's signature names this person, just now, for the first time.</summary>
    Verified,

    /// <summary>The server has no key and signs nothing.</summary>
    Unsigned,

    /// <summary>Missing, forged, somebody else's, too old, or used before.</summary>
    False,
}

/// <summary>
/// Checks a trigger id, which is base64 of "id:user:milliseconds:" followed by the server's ECDSA signature over that text,
/// final colon included. It proves who acted, not what they meant.
/// </summary>
internal sealed class TriggerProof(MattermostApi api, IOptions<MattermostOptions> options, TimeProvider clock)
    : IDisposable
{
    private static readonly TimeSpan KeyPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstKeyPause = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, long> _used = new();

    /// <summary>What was signed before the bot started may have been used before it started.</summary>
    private readonly long _started = clock.GetUtcNow().ToUnixTimeMilliseconds();

    private readonly SemaphoreSlim _reading = new(1, 1);
    private long? _readAt;
    private bool _read;
    private byte[]? _key;

    /// <summary>False: the server signs nothing, so that only the button's own secret vouches for a click.</summary>
    public async Task<bool> HasKeyAsync(CancellationToken cancellationToken)
    {
        await ReadKeyAsync(cancellationToken);
        return _key is not null;
    }

    public async Task<Proof> CheckAsync(string triggerId, string user, CancellationToken cancellationToken)
    {
        if (!_read)
            await ReadKeyAsync(cancellationToken);

        if (_read && _key is null)
            return Proof.Unsigned;

        if (Trigger.Parse(triggerId) is not { } trigger)
            return Proof.False;

        // Only what may be true is worth asking the server for a new key.
        if (trigger.User != user || !IsFresh(trigger.At))
            return Proof.False;

        if (!trigger.IsSignedWith(_key))
            await ReadKeyAsync(cancellationToken);

        return trigger.IsSignedWith(_key) && IsFirst(trigger) ? Proof.Verified : Proof.False;
    }

    public void Dispose() => _reading.Dispose();

    private bool IsFresh(long at)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var skew = (long)options.Value.ClockSkew.TotalMilliseconds;

        return at >= _started && at <= now + skew && at >= now - skew - options.Value.TriggerLife.TotalMilliseconds;
    }

    private bool IsFirst(Trigger trigger)
    {
        foreach (var (id, at) in _used)
        {
            if (!IsFresh(at))
                _used.TryRemove(id, out _);
        }

        return _used.TryAdd(trigger.Id, trigger.At);
    }

    private async Task ReadKeyAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);

        try
        {
            if (_readAt is { } at && clock.GetElapsedTime(at) < (_read ? KeyPause : FirstKeyPause))
                return;

            var answer = await api.TryAsync(HttpMethod.Get, "config/client?format=old", body: null, cancellationToken);
            _readAt = clock.GetTimestamp();

            if (!answer.Done)
                return;

            _key = KeyOf(answer.Text("AsymmetricSigningPublicKey"));
            _read = true;
        }
        finally
        {
            _reading.Release();
        }
    }

    private static byte[]? KeyOf(string base64)
    {
        var key = new byte[base64.Length];
        return base64.Length > 0 && Convert.TryFromBase64String(base64, key, out var length) ? key[..length] : null;
    }

    private sealed record Trigger(string Id, string User, long At, byte[] Signature)
    {
        private const int LongestText = 1024;

        public static Trigger? Parse(string triggerId)
        {
            var bytes = new byte[LongestText];

            if (triggerId.Length > LongestText || !Convert.TryFromBase64String(triggerId, bytes, out var length))
                return null;

            var parts = Encoding.UTF8.GetString(bytes, 0, length).Split(':');
            var signature = new byte[length];

            return
                parts is [var id, var user, var at, var signed]
                && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
                && Convert.TryFromBase64String(signed, signature, out var signatureLength)
                ? new Trigger(id, user, milliseconds, signature[..signatureLength])
                : null;
        }

        public bool IsSignedWith(byte[]? key)
        {
            if (key is null)
                return false;

            using var ecdsa = ECDsa.Create();

            try
            {
                ecdsa.ImportSubjectPublicKeyInfo(key, out _);

                return ecdsa.VerifyData(
                    Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Id}:{User}:{At}:")),
                    Signature,
                    HashAlgorithmName.SHA256,
                    DSASignatureFormat.Rfc3279DerSequence
                );
            }
            catch (CryptographicException)
            {
                return false;
            }
        }
    }
}
