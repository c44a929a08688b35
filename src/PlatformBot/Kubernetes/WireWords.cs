using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;

namespace PlatformBot.Kubernetes;

/// <summary>What went wrong on the way to an API server, in words, and whether the request may have arrived.</summary>
internal static class WireWords
{
    /// <param name="error">of the handler; a connection that dies while it is made can surface without HttpClient's own exception around it</param>
    public static ApiException Explain(Exception error)
    {
        // Why there was no connection stands inside.
        if (error is WebSocketException { InnerException: { } inner })
            return Explain(inner);

        if (Inside<UntrustedException>(error) is { } untrusted)
            return Untrusted(untrusted.Message, untrusted.Cure);

        if (SpeaksNoTls(error))
        {
            return Untrusted(
                "what answers there speaks no TLS",
                "See that the server's address and port are the API server's, and that no proxy stands before it."
            );
        }

        return ApiException.Unreachable(WordsFor(error), NeverSent(error) ? Silence.NotSent : Silence.Lost);
    }

    private static ApiException Untrusted(string words, string cure) =>
        new(0, "", words, []) { Silence = Silence.Untrusted, Cure = cure };

    private static bool NeverSent(Exception error) =>
        error
            is HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError
                    or HttpRequestError.NameResolutionError
                    or HttpRequestError.SecureConnectionError
                    or HttpRequestError.ProxyTunnelError,
            };

    private static string WordsFor(Exception error) =>
        error switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
                "its name cannot be resolved",
            HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } =>
                $"the proxy does not let through: {error.Message}",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                "the connection was cut while it was being secured",
            _ when Inside<SocketException>(error) is { } socket => WordsFor(socket),
            HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } => "the connection was cut",
            HttpIOException => "the connection was cut",
            _ => error.Message,
        };

    private static string WordsFor(SocketException error) =>
        error.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => "connection refused",
            SocketError.ConnectionReset => "the connection was cut",
            _ => error.Message.ToLowerInvariant(),
        };

    /// <summary>What came in place of a handshake is no frame of TLS; the words are .NET's own.</summary>
    private static bool SpeaksNoTls(Exception error) =>
        Inside<AuthenticationException>(error) is { } handshake
        && handshake.ToString() is var words
        && (
            words.Contains("corrupted frame", StringComparison.Ordinal)
            || words.Contains("wrong version number", StringComparison.Ordinal)
            || words.Contains("packet length too long", StringComparison.Ordinal)
        );

    private static T? Inside<T>(Exception? error)
        where T : Exception =>
        error switch
        {
            null => null,
            T found => found,
            _ => Inside<T>(error.InnerException),
        };
}
