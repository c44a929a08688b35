using System.Net.Sockets;

namespace PlatformBot.Core;

/// <summary>
/// Says of every connection that does not come about that the request failed. A server that takes a connection and resets it in the same
/// instant makes <see cref="SocketsHttpHandler"/> throw a bare <see cref="SocketException"/> (it asks the socket for its other end after the
/// connect), which callers of an HTTP client neither expect nor catch.
/// </summary>
public sealed class BrokenConnections(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <exception cref="HttpRequestException">The request could not be sent, or its answer did not come.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (SocketException error)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, error.Message, error);
        }
    }
}
