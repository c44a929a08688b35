using PlatformBot.Core.Runs;

namespace PlatformBot.Hosting;

/// <summary>Continues, at start, the runs that the journal says are not finished; lets them go at the end.</summary>
internal sealed class RunWorker(RunHost runs) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        runs.Resume(_stopping.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await runs.StopAsync().WaitAsync(cancellationToken);
    }

    public void Dispose() => _stopping.Dispose();
}
