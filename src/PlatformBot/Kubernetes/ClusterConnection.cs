using System.Net.Sockets;
using System.Net.WebSockets;

namespace PlatformBot.Kubernetes;

/// <summary>
/// Requests to one API server: with the right credentials, again where that is safe and only there, and never more than some at once.
/// Every answer has a deadline; whatever does not end well is an <see cref="ApiException"/>.
/// </summary>
internal sealed partial class ClusterConnection(
    string name,
    ClusterAccess access,
    ClusterCredentials credentials,
    ClusterIdentity? identity,
    KubernetesOptions options,
    TimeProvider clock,
    ILogger logger
) : IDisposable
{
    private readonly ClusterWire _wire = new(access, clock);
    private readonly SemaphoreSlim _slots = new(options.AtOnce);
    private readonly HashSet<string> _warned = [];

    /// <summary>The whole answer.</summary>
    /// <exception cref="ApiException">The server said no, or nothing in time.</exception>
    public async Task<ApiReply> SendAsync(ApiCall call, CancellationToken cancellationToken)
    {
        await EnsureAsync(cancellationToken);
        return await AskAsync(call, cancellationToken);
    }

    /// <summary>Looks whether the cluster that answers is the one that its name means, where nobody has looked lately.</summary>
    /// <exception cref="ApiException">It is not, or does not say.</exception>
    public Task EnsureAsync(CancellationToken cancellationToken) =>
        identity?.EnsureAsync(UidAsync, cancellationToken) ?? Task.CompletedTask;

    /// <summary>The UID of the cluster that answers, whichever it is.</summary>
    /// <exception cref="ApiException">It does not say.</exception>
    public async Task<string> UidAsync(CancellationToken cancellationToken)
    {
        try
        {
            var home = await AskAsync(ApiCall.Get("/api/v1/namespaces/kube-system"), cancellationToken);
            return ClusterIdentity.UidOf(home);
        }
        catch (ApiException error)
        {
            throw ClusterIdentity.Untold(error);
        }
    }

    private async Task<ApiReply> AskAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var reply = await AgainAsync(call, Limited, cancellationToken);
        Note(reply.Warnings);
        return reply;

        async Task<ApiReply> Limited(Credential credential)
        {
            await _slots.WaitAsync(cancellationToken);

            try
            {
                return await InTimeAsync(
                    async limited =>
                    {
                        using var response = await _wire.SendAsync(call, credential, limited);
                        return await ApiAnswers.ReadAsync(response, call, limited);
                    },
                    cancellationToken
                );
            }
            finally
            {
                _slots.Release();
            }
        }
    }

    /// <summary>
    /// A stream (a watch, a log that is followed), as soon as its head is there. Its body has no deadline; whoever reads it disposes of it.
    /// </summary>
    /// <exception cref="ApiException">The server said no, or nothing in time.</exception>
    public async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken)
    {
        await EnsureAsync(cancellationToken);
        var call = ApiCall.Get(path);
        return await AgainAsync(
            call,
            credential =>
                InTimeAsync(
                    async limited =>
                    {
                        var response = await _wire.SendAsync(call, credential, limited);

                        try
                        {
                            await ApiAnswers.ThrowIfRefusedAsync(response, call, limited);
                            return response;
                        }
                        catch
                        {
                            response.Dispose();
                            throw;
                        }
                    },
                    cancellationToken
                ),
            cancellationToken
        );
    }

    /// <summary>A WebSocket with the same trust and credentials; over HTTP/1.1, because API servers take no other.</summary>
    /// <exception cref="ApiException">With the server's code, but never its words: a refused handshake does not bring any.</exception>
    public async Task<WebSocket> ConnectAsync(
        string path,
        IReadOnlyList<string> protocols,
        CancellationToken cancellationToken
    )
    {
        await EnsureAsync(cancellationToken);

        // What is begun over it may not begin twice.
        var call = ApiCall.Get(path) with
        {
            Repeatable = false,
        };
        return await AgainAsync(
            call,
            credential =>
                InTimeAsync(limited => _wire.ConnectAsync(call, protocols, credential, limited), cancellationToken),
            cancellationToken
        );
    }

    public void Dispose()
    {
        _wire.Dispose();
        _slots.Dispose();
        credentials.Dispose();
        identity?.Dispose();
    }

    private async Task<T> AgainAsync<T>(
        ApiCall call,
        Func<Credential, Task<T>> send,
        CancellationToken cancellationToken
    )
    {
        var began = clock.GetTimestamp();

        for (var tries = 1; ; tries++)
        {
            try
            {
                return await AuthenticatedAsync(send, cancellationToken);
            }
            catch (ApiException error)
            {
                LogRefused(name, call.Method, call.Route, error.Code, error.Message, error.AuditId);
                var elapsed = clock.GetElapsedTime(began);
#pragma warning disable CA5394 // Spreads load; nothing is kept secret by it.
                var chance = Random.Shared.NextDouble();
#pragma warning restore CA5394

                if (Manners.WaitBefore(call, error, tries, elapsed, options.RetryFor, chance) is not { } pause)
                    throw;

                await Task.Delay(pause, clock, cancellationToken);
            }
        }
    }

    /// <summary>A credential that is refused is read anew, once: the file may have been renewed, the program's may have been revoked.</summary>
    private async Task<T> AuthenticatedAsync<T>(Func<Credential, Task<T>> send, CancellationToken cancellationToken)
    {
        var credential = await credentials.GetAsync(cancellationToken);

        try
        {
            return await send(credential);
        }
        catch (ApiException error) when (error.Code == 401 && credentials.Drop(credential))
        {
            return await send(await credentials.GetAsync(cancellationToken));
        }
    }

    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Timeout, clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);

        try
        {
            return await send(limited.Token);
        }
        // The connection has a shorter time than the answer; nothing was sent when it is over.
        catch (OperationCanceledException error)
            when (error.InnerException is TimeoutException && !limited.IsCancellationRequested)
        {
            throw ApiException.Unreachable("no connection came about in time", Silence.NotSent);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw ApiException.Unreachable($"no answer within {options.Timeout.TotalSeconds:0} s", Silence.TimedOut);
        }
        catch (Exception error)
            when (error is HttpRequestException or IOException or SocketException or WebSocketException)
        {
            throw WireWords.Explain(error);
        }
        catch (InvalidDataException)
        {
            throw ApiException.Unreachable("what it sends is packed and cannot be unpacked");
        }
    }

    /// <summary>Servers repeat themselves with every request; the log does not.</summary>
    private void Note(IReadOnlyList<string> warnings)
    {
        foreach (var warning in warnings)
        {
            lock (_warned)
            {
                if (!_warned.Add(warning))
                    continue;
            }

            LogWarning(name, warning);
        }
    }

    [LoggerMessage(LogLevel.Debug, "{Cluster}: {Method} {Path} ends with {Code} {Words} (audit id {AuditId})")]
    private partial void LogRefused(
        string cluster,
        HttpMethod method,
        string path,
        int code,
        string words,
        string? auditId
    );

    [LoggerMessage(LogLevel.Warning, "API server of {Cluster} warns: {Warning}")]
    private partial void LogWarning(string cluster, string warning);
}
