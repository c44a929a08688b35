using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using PlatformBot.Sandbox.Tools.Kube;

namespace PlatformBot.Sandbox.Tools;

/// <summary>One finished call of a simulated tool.</summary>
/// <param name="At">when it ended, in the twin's time</param>
public sealed record ToolRun(DateTimeOffset At, string Tool, IReadOnlyList<string> Arguments, int ExitCode)
{
    /// <summary>"talosctl bootstrap --nodes …": the tool and its arguments.</summary>
    public string CommandLine => string.Join(' ', Arguments.Prepend(Tool));
}

/// <summary>
/// The simulated command line tools: a folder for PATH whose programs are real processes, and the place in the twin where
/// their calls are carried out.
/// </summary>
public sealed class ToolServer : IAsyncDisposable
{
    private const int SandboxFailed = 70;

    private readonly TcpListener _door = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _stdins = [];
    private readonly ConcurrentDictionary<Task, bool> _calls = [];
    private readonly ConcurrentQueue<ToolRun> _log = [];
    private readonly string _secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly Dictionary<string, Tool> _tools;
    private readonly TimeProvider _clock;
    private readonly CallLoss _loses;
    private readonly Task _accepting;

    private ToolServer(IEnumerable<Tool> tools, TimeProvider clock, string folder, Faults faults, CallLoss? loses)
    {
        _clock = clock;
        _loses = loses ?? ((_, _) => Task.FromResult(false));
        _tools = tools.ToDictionary(tool => tool.Name);
        Folder = folder;
        _door.Start();
        Install([.. _tools.Keys.Where(tool => !faults.Lasts($"{tool}/missing"))]);
        _accepting = AcceptAsync();
    }

    /// <summary>What belongs at the front of PATH.</summary>
    public string Folder { get; }

    /// <summary>Every finished call, oldest first. Arguments never hold secrets: the runbooks see to that.</summary>
    public IReadOnlyList<ToolRun> Log => [.. _log];

    internal static ToolServer Start(
        IEnumerable<Tool> tools,
        TimeProvider clock,
        string folder,
        Faults faults,
        CallLoss? loses = null
    ) => new(tools, clock, folder, faults, loses);

    /// <summary>Puts programs into the folder, as somebody does who installs what was missing.</summary>
    public void Install(IReadOnlyList<string> tools) =>
        ToolShim.Install(Folder, tools, ((IPEndPoint)_door.LocalEndpoint).Port, _secret);

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _door.Dispose();
        await _accepting;
        await Task.WhenAll(_calls.Keys);
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _door.AcceptTcpClientAsync(_closing.Token);
                var serving = ServeAsync(client);
                _calls[serving] = true;
                _ = serving.ContinueWith(done => _calls.TryRemove(done, out _), TaskScheduler.Default);
            }
        }
        catch (Exception closed)
            when (closed is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The server is being stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        client.NoDelay = true;
        var stream = client.GetStream();
        using var killed = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);

        try
        {
            var fields = new FieldReader(stream);

            if (await fields.ReadAsync(killed.Token) != _secret)
                return;

            if (await fields.ReadAsync(killed.Token) is "stdin")
                await ReceiveStdinAsync(fields, killed.Token);
            else if (await ToolWire.ReadRequestAsync(fields, killed.Token) is { } request)
                await CarryOutAsync(request, stream, killed);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The process was killed, or the server is being stopped: nobody is left to tell.
        }
    }

    private async Task ReceiveStdinAsync(FieldReader fields, CancellationToken token)
    {
        if (await fields.ReadAsync(token) is { } id && _stdins.TryRemove(id, out var waiting))
            waiting.TrySetResult(await fields.ReadRestAsync(token));
    }

    private async Task CarryOutAsync(ToolRequest request, NetworkStream stream, CancellationTokenSource killed)
    {
        var told = new WorldCall("tool", string.Join(' ', request.Arguments.Prepend(request.Tool)));

        if (await _loses(told, CallMoment.Arrived))
            return;

        var wire = new ToolWire(stream, _stdins);
        var call = new ToolCall(request, wire, _clock, () => _loses(told, CallMoment.Underway), killed.Token);
        using var finished = new CancellationTokenSource();
        var watching = WatchForDeathAsync(stream, killed, finished.Token);
        var exitCode = await RunAsync(call);
        _log.Enqueue(new ToolRun(_clock.GetUtcNow(), request.Tool, request.Arguments, exitCode));

        if (!await _loses(told, CallMoment.Done))
        {
            await call.FlushAsync();
            await wire.ExitAsync(exitCode, killed.Token);
        }

        await finished.CancelAsync();
        await watching;
    }

    private async Task<int> RunAsync(ToolCall call)
    {
        try
        {
            return await _tools[call.Tool].RunAsync(call);
        }
        catch (ToolException failure)
        {
            call.ComplainLine(failure.Message);
            return failure.ExitCode;
        }
        catch (UnreachableException away)
        {
            call.ComplainLine(
                $"The connection to the server {new Uri(away.Server).Authority} was refused - did you specify the right host or port?"
            );
            return 1;
        }
        catch (IOException unreadable)
        {
            call.ComplainLine($"{call.Tool}: {unreadable.Message}");
            return 1;
        }
        catch (Exception bug) when (bug is not OperationCanceledException)
        {
            // A mistake of the simulation must look like one, not like something that the real tool would say.
            call.ComplainLine($"{call.Tool}: the sandbox failed: {bug.GetType().Name}: {bug.Message}");
            return SandboxFailed;
        }
    }

    /// <summary>The process sends nothing after its call, so the end of its connection is its death.</summary>
    private static async Task WatchForDeathAsync(
        Stream stream,
        CancellationTokenSource killed,
        CancellationToken finished
    )
    {
        try
        {
            if (await stream.ReadAsync(new byte[1], finished) == 0)
                await killed.CancelAsync();
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ObjectDisposedException)
        {
            if (!finished.IsCancellationRequested)
                await killed.CancelAsync();
        }
    }
}
