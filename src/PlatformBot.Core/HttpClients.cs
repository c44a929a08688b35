namespace PlatformBot.Core;

/// <summary>HTTP clients of what carries credentials.</summary>
public static class HttpClients
{
    /// <summary>
    /// Follows no redirect: it would hand the token to wherever it leads. Connections are made anew now and then, so that a name that
    /// leads elsewhere is followed. It has no time limit of its own; whoever sends has one.
    /// </summary>
    /// <param name="change">what is different about its connections</param>
    public static HttpClient New(Action<SocketsHttpHandler>? change = null)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        };
        change?.Invoke(handler);
        return new HttpClient(new BrokenConnections(handler)) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
