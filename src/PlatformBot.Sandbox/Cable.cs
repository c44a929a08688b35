using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace PlatformBot.Sandbox;

/// <summary>What connects a server to everybody else, and can be cut.</summary>
internal sealed class Cable
{
    private readonly ConcurrentDictionary<string, ConnectionContext> _connections = [];
    private volatile bool _cut;

    /// <summary>A silent server at the end of this cable, on this machine only.</summary>
    /// <param name="port">0 takes a free one</param>
    public WebApplicationBuilder NewServer(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Use(Carry))
        );
        return builder;
    }

    /// <summary>Every connection ends, and no new one gets an answer.</summary>
    public void Cut()
    {
        _cut = true;

        foreach (var connection in _connections.Values)
            connection.Abort();
    }

    public void Mend() => _cut = false;

    private ConnectionDelegate Carry(ConnectionDelegate next) =>
        async connection =>
        {
            _connections[connection.ConnectionId] = connection;

            try
            {
                if (_cut)
                    connection.Abort();
                else
                    await next(connection);
            }
            finally
            {
                _connections.TryRemove(connection.ConnectionId, out _);
            }
        };
}
