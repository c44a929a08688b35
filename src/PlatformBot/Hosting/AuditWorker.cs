using System.Globalization;
using Microsoft.Extensions.Options;
using PlatformBot.Core.Audit;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Journals;
using PlatformBot.Storage;

namespace PlatformBot.Hosting;

/// <summary>
/// Puts copies of the journal's head where whoever could change the journal cannot change them, and writes down who has read it out.
/// </summary>
internal sealed partial class AuditWorker(
    IJournal journal,
    IChat chat,
    IOptions<AuditOptions> options,
    IOptions<StorageOptions> storage,
    TimeProvider clock,
    ILogger<AuditWorker> logger
) : BackgroundService
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly ExportNotes _notes = new(storage.Value.Journal);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(InsistAsync(PostHeadsAsync, stoppingToken), InsistAsync(TakeNotesAsync, stoppingToken));

    /// <summary>Whatever goes wrong is said and tried again: the audit does not end because something else did.</summary>
    private async Task InsistAsync(Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await work(stopping);
                return;
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

    private async Task PostHeadsAsync(CancellationToken stopping)
    {
        if (options.Value.PostHeadAt is not { } time)
            return;

        DateTime? posted = null;

        while (true)
        {
            var now = clock.GetUtcNow().UtcDateTime;

            if (now.TimeOfDay >= time.ToTimeSpan() && posted != now.Date && journal.Head.Number > 0)
            {
                await PostHeadAsync(DateOnly.FromDateTime(now), stopping);
                posted = now.Date;
            }

            // A journal that is empty is so for moments: this may begin before who writes its first entry.
            if (journal.Head.Number == 0)
            {
                await Task.Delay(Soon, clock, stopping);
                continue;
            }

            // The clock on the wall may be set.
            var next = now.Date + time.ToTimeSpan();
            var left = (next > now ? next : next.AddDays(1)) - now;
            await Task.Delay(left < LongestSleep ? left : LongestSleep, clock, stopping);
        }
    }

    /// <summary>Once a day, however often the bot starts.</summary>
    private async Task PostHeadAsync(DateOnly day, CancellationToken stopping)
    {
        var (number, hash) = journal.Head;
        var date = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var post = new Post
        {
            Text =
                $":link: Journal on {date}: {Markdown.Code(new Anchor(null, number, hash).ToString())}\nKeep a copy where the bot's host cannot reach: `platformbot audit verify --anchor` compares it with the journal.",
        };

        await chat.PostAsync(await chat.HomeChannelAsync(stopping), thread: null, post, $"audit-head:{date}", stopping);
    }

    private async Task TakeNotesAsync(CancellationToken stopping)
    {
        Directory.CreateDirectory(_notes.Folder);
        using var news = new SemaphoreSlim(1);
        using var watcher = new FileSystemWatcher(_notes.Folder, "*.json") { EnableRaisingEvents = true };
        watcher.Renamed += (_, _) => news.Release();

        while (true)
        {
            await news.WaitAsync(Again, stopping);
            await _notes.TakeAsync(journal);
        }
    }

    [LoggerMessage(LogLevel.Warning, "What belongs to the audit is done later: {Reason}")]
    private partial void LogAgain(Exception exception, string reason);
}
