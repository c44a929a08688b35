using PlatformBot.Core.Chat;
using PlatformBot.Core.Ledgers;

namespace PlatformBot.Hosting;

/// <summary>Keeps and shows what belongs to no run.</summary>
internal sealed partial class LedgerWorker(
    LedgerKeeper keeper,
    LedgerView view,
    TimeProvider clock,
    ILogger<LedgerWorker> logger
) : BackgroundService
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(InsistAsync(keeper.KeepAsync, stoppingToken), InsistAsync(view.FollowAsync, stoppingToken));

    /// <summary>Whatever goes wrong is said and tried again.</summary>
    private async Task InsistAsync(Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await work(stopping);
            }
#pragma warning disable CA1031 // Nothing that goes wrong in here may end it.
            catch (Exception exception) when (!stopping.IsCancellationRequested)
            {
                LogAgain(exception, exception.Message);
            }
#pragma warning restore CA1031

            await Task.Delay(Again, clock, stopping);
        }
    }

    [LoggerMessage(LogLevel.Warning, "What belongs to no run is kept and shown later: {Reason}")]
    private partial void LogAgain(Exception exception, string reason);
}
