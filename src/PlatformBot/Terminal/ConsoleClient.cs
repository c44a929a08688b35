using System.Net.Sockets;
using PlatformBot.Core;
using PlatformBot.Core.Statements;

namespace PlatformBot.Terminal;

/// <summary>The other end of the socket: what `platformbot console` says to the bot.</summary>
internal sealed class ConsoleClient : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="socket">full path</param>
    public ConsoleClient(string socket)
    {
        _http = HttpClients.New(handler =>
        {
            handler.UseProxy = false;
            handler.ConnectCallback = (_, stop) => ConnectAsync(socket, stop);
        });
        // The name is not looked up: the socket leads there.
        _http.BaseAddress = new Uri("http://console");
        _http.Timeout = TimeSpan.FromMinutes(2);
    }

    /// <exception cref="HttpRequestException">The bot does not answer there.</exception>
    public async Task<Hello?> HelloAsync(CancellationToken stopping)
    {
        using var answer = await _http.PostAsync(ConsoleWire.Hello, content: null, stopping);
        return await answer.Content.ReadFromJsonAsync<Hello>(ConsoleWire.Json, stopping);
    }

    /// <exception cref="HttpRequestException">The bot does not answer there, or not as this version of it does.</exception>
    public async Task<ConsoleAnswer> SendAsync(string path, Signed signed, CancellationToken stopping)
    {
        using var answer = await _http.PostAsJsonAsync(path, signed, ConsoleWire.Json, stopping);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<ConsoleAnswer>(ConsoleWire.Json, stopping))!;
    }

    public void Dispose() => _http.Dispose();

    public static async ValueTask<Stream> ConnectAsync(string path, CancellationToken stopping)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stopping);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
