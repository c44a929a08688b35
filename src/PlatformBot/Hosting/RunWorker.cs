using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using PlatformBot.Core.Runs;

namespace PlatformBot.Hosting;

/// <summary>
/// Continues, at start, the runs that the journal says are not finished; lets them go at the end. While it waits for what is
/// running, chat still works: whoever asks for more is told that the bot is leaving.
/// </summary>
internal sealed partial class RunWorker(
    RunHost runs,
    IStepActions actions,
    IOptions<ShutdownOptions> options,
    TimeProvider clock,
    ILogger<RunWorker> logger
) : IHostedLifecycleService, IDisposable
{
    private static readonly PosixSignal[] Goodbyes = [PosixSignal.SIGTERM, PosixSignal.SIGINT];

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _hurry = new();
    private IReadOnlyList<PosixSignalRegistration> _signals = [];
    private int _heard;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _signals = [.. Goodbyes.Select(signal => PosixSignalRegistration.Create(signal, _ => Hear()))];

        // Whatever a bot before this one has left running on this host, before anything is judged or started.
        await actions.EndLeftoversAsync([]);
        runs.Resume(_stopping.Token);
    }

    /// <summary>Comes before anything else is stopped.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _hurry.Token);
        var resting = runs.DrainAsync();

        if (!resting.IsCompleted)
            LogWaiting(options.Value.Grace);

        try
        {
            await resting.WaitAsync(options.Value.Grace, clock, enough.Token);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            LogCutOff();
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await runs.StopAsync().WaitAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();

        _stopping.Dispose();
        _hurry.Dispose();
    }

    /// <summary>The first signal is the host's; whoever sends another one is in a hurry.</summary>
    private void Hear()
    {
        if (Interlocked.Increment(ref _heard) > 1)
            _hurry.Cancel();
    }

    [LoggerMessage(LogLevel.Information, "Leaving: nothing new begins; what is running has {Grace} to finish")]
    private partial void LogWaiting(TimeSpan grace);

    [LoggerMessage(LogLevel.Warning, "Leaving before all that was running has finished; the next start judges it")]
    private partial void LogCutOff();
}
