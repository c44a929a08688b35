using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Options;
using PlatformBot.Core;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Statements;

namespace PlatformBot.Terminal;

/// <summary>
/// The console's door: a web server of its own on a Unix socket, which only the bot's user (and root) can reach. Nothing of it is served
/// on the bot's port.
/// </summary>
/// <param name="socket">full path</param>
internal sealed partial class ConsoleHost(
    ConsoleDoor door,
    LiveLedger ledger,
    IOptions<ConsoleOptions> options,
    string socket,
    ILoggerFactory loggers,
    ILogger<ConsoleHost> logger
) : IHostedService, IAsyncDisposable
{
    private const int LargestBody = 64 * 1024;
    private const int MostConnections = 32;

    private readonly CancellationTokenSource _stopping = new();
    private WebApplication? _app;
    private Task _noting = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.AllowedSigners is not { } list)
            return;

        // A journal that is full for the moment does not shut the door: what comes through it is written down by itself, or not done.
        _noting = ledger.NoteAsync(
            new RunEvent.ConsoleOpened(await DigestAsync(list, cancellationToken)),
            _stopping.Token
        );

        try
        {
            MakeFolder();
            _app = Build();
            await _app.StartAsync(cancellationToken);
            OwnerOnly.NarrowFile(socket);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or SocketException or ArgumentException)
        {
            throw new OptionsValidationException(
                ConsoleOptions.Section,
                typeof(ConsoleOptions),
                [$"Console:Socket: {socket} cannot be opened: {exception.Message}"]
            );
        }

        LogOpen(socket);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_app is not null)
            await _app.StopAsync(cancellationToken);

        await _stopping.CancelAsync();
        await _noting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();

        _stopping.Dispose();
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(loggers);

        // It lives and ends with the bot, and has no ear of its own for signals.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            kestrel.ListenUnixSocket(socket);
        });

        var app = builder.Build();
        app.MapPost(ConsoleWire.Hello, HelloAsync);
        app.MapPost(ConsoleWire.Command, http => AnswerAsync(http, door.HearAsync));
        app.MapPost(ConsoleWire.Vote, http => AnswerAsync(http, door.VoteAsync));
        return app;
    }

    private Task HelloAsync(HttpContext http) =>
        http.Response.WriteAsJsonAsync(door.Hello(), ConsoleWire.Json, http.RequestAborted);

    private static async Task AnswerAsync(HttpContext http, Func<Signed, string, CancellationToken, Task<Reply>> hear)
    {
        if (await ReadAsync(http) is not { } signed)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        // Once it is begun, it is not left half done because a terminal was closed.
        var reply = await hear(signed, Peer(http), CancellationToken.None);
        await http.Response.WriteAsJsonAsync(
            new ConsoleAnswer(reply.Text, reply.Refused, reply.Attached),
            ConsoleWire.Json,
            http.RequestAborted
        );
    }

    private static async Task<Signed?> ReadAsync(HttpContext http)
    {
        try
        {
            var said = await JsonSerializer.DeserializeAsync<Signed>(
                http.Request.Body,
                ConsoleWire.Json,
                http.RequestAborted
            );
            return said is { Statement: { } statement, Signature: { } signature }
                ? Signed.Of(statement, signature)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Which user of the host has connected, as the kernel says; for the record, decisions are made on the signature.</summary>
    private static string Peer(HttpContext http)
    {
        const int SolSocket = 1;
        const int SoPeerCred = 17;

        // struct ucred: pid, uid, gid.
        Span<byte> credentials = stackalloc byte[12];

        if (!OperatingSystem.IsLinux() || http.Features.Get<IConnectionSocketFeature>() is not { } connection)
            return "a user of the bot's host";

        connection.Socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"uid {BitConverter.ToInt32(credentials[4..])}, pid {BitConverter.ToInt32(credentials)}"
        );
    }

    /// <summary>The folder keeps others away from the socket from its first moment.</summary>
    private void MakeFolder()
    {
        var folder = Path.GetDirectoryName(socket)!;
        OwnerOnly.CreateFolder(folder);
        OwnerOnly.NarrowFolder(folder);

        // A bot that was killed has left it, and what it was checking; the journal's lock says that no other bot is at it.
        foreach (var left in Directory.GetFiles(folder, "*.sig").Append(socket))
            File.Delete(left);
    }

    private static async Task<string> DigestAsync(string file, CancellationToken stopping)
    {
        try
        {
            return Sha256.Of(await File.ReadAllTextAsync(file, stopping));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [LoggerMessage(LogLevel.Information, "The console listens on {Socket}")]
    private partial void LogOpen(string socket);

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
