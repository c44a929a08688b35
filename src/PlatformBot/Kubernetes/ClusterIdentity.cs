using System.Globalization;
using PlatformBot.Core.Ledgers;

namespace PlatformBot.Kubernetes;

/// <summary>Where it is kept which cluster a name means.</summary>
internal interface IClusterPins
{
    /// <summary>null while no cluster has answered under that name, and after the pin was lifted.</summary>
    ClusterPin? Of(string cluster);

    /// <summary>Binds the name to what has answered, unless somebody else was quicker.</summary>
    /// <returns>what holds now</returns>
    Task<ClusterPin> PinAsync(string cluster, string uid, string server, CancellationToken cancellationToken);
}

/// <summary>
/// Whether the cluster that answers is the one that its name means: the UID of its namespace kube-system says so. Looked at before the
/// first request of a client and again when the last look is old; a client that is not used is not looked at.
/// </summary>
/// <param name="server">for people: where it answers</param>
internal sealed class ClusterIdentity(string name, string server, IClusterPins pins, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _one = new(1);
    private volatile Seen? _seen;

    /// <param name="readUid">asks the server</param>
    /// <exception cref="ApiException">It is another cluster, or it does not say which it is.</exception>
    public async Task EnsureAsync(Func<CancellationToken, Task<string>> readUid, CancellationToken cancellationToken)
    {
        if (IsKnown())
            return;

        await _one.WaitAsync(cancellationToken);

        try
        {
            if (!IsKnown())
                await LookAsync(readUid, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    public static string UidOf(ApiReply home) =>
        home.Json.Text("metadata", "uid") is { Length: > 0 } uid
            ? uid
            : throw ApiException.Unreachable("its namespace kube-system has no UID");

    /// <summary>What keeps a cluster from saying which it is, in words for somebody who did not ask for that namespace.</summary>
    public static ApiException Untold(ApiException error) =>
        error.Code switch
        {
            404 => ApiException.Unreachable("it has no namespace kube-system yet"),
            403 => ApiException.NotAsked(
                new(
                    "the bot may not read the namespace kube-system, so that nobody can tell which cluster it is.",
                    "Grant it 'get' on that namespace."
                )
            ),
            _ => error,
        };

    public void Dispose() => _one.Dispose();

    /// <summary>Seen not long ago, and still what the name means.</summary>
    private bool IsKnown() =>
        _seen is { } seen && clock.GetElapsedTime(seen.At) < GoodFor && pins.Of(name)?.Uid == seen.Uid;

    private async Task LookAsync(Func<CancellationToken, Task<string>> readUid, CancellationToken cancellationToken)
    {
        _seen = null;
        var at = clock.GetTimestamp();
        var uid = await readUid(cancellationToken);
        var pin = pins.Of(name) ?? await pins.PinAsync(name, uid, server, cancellationToken);

        if (pin.Uid != uid)
            throw Another(uid, pin);

        _seen = new(at, uid);
    }

    private ApiException Another(string uid, ClusterPin pin) =>
        new(
            0,
            "",
            $"{name} is bound to the cluster with the UID {pin.Uid} (since {pin.Since.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC, then at {pin.Server}), and at {server} answers one with the UID {uid}. Nothing was asked of it and nothing was done there.",
            []
        )
        {
            Silence = Silence.WrongCluster,
            Cure =
                $"Correct the client configuration if it leads to the wrong cluster. If {name} was made anew, an admin says `/platform repin {name} <reason>`.",
        };

    private sealed record Seen(long At, string Uid);
}
