using System.Net;
using System.Net.Sockets;

namespace PlatformBot.Tests.Web;

/// <summary>Takes every connection and resets it at once, as a load balancer does that has nobody behind it.</summary>
internal sealed class ResettingServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _resetting;

    public ResettingServer()
    {
        _listener.Start();
        _resetting = ResetAllAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}/";

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await _resetting;
        _listener.Dispose();
        _closed.Dispose();
    }

    private async Task ResetAllAsync()
    {
        while (!_closed.IsCancellationRequested)
        {
            try
            {
                using var connection = await _listener.AcceptSocketAsync(_closed.Token);
                connection.Close(timeout: 0);
            }
            catch (OperationCanceledException)
            {
                // That was the last one.
            }
        }
    }
}
