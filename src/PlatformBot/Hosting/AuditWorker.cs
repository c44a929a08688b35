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
    /// <summary>A note that could not be written, because the journal's disk was full, is tried again that often.</summary>
    private static readonly TimeSpan NotesAtLeastEvery = TimeSpan.FromMinutes(1);

    private readonly ExportNotes _notes = new(storage.Value.Journal);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(PostHeadsAsync(stoppingToken), TakeNotesAsync(stoppingToken));

    private async Task PostHeadsAsync(CancellationToken stopping)
    {
        if (options.Value.PostHeadAt is not { } time)
            return;

        while (true)
        {
            var now = clock.GetUtcNow();
            var today = now.UtcDateTime.Date;
            var due = new DateTimeOffset(today + time.ToTimeSpan(), TimeSpan.Zero);

            if (now >= due)
            {
                await PostHeadAsync(DateOnly.FromDateTime(today), stopping);
                due = due.AddDays(1);
            }

            // The clock on the wall may be set.
            var left = due - clock.GetUtcNow();
            await Task.Delay(left < TimeSpan.FromHours(1) ? Longer(left) : TimeSpan.FromHours(1), clock, stopping);
        }
    }

    private static TimeSpan Longer(TimeSpan left) => left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1);

    /// <summary>Once a day, however often the bot starts.</summary>
    private async Task PostHeadAsync(DateOnly day, CancellationToken stopping)
    {
        var (number, hash) = journal.Head;

        if (number == 0)
            return;

        var date = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var post = new Post
        {
            Text =
                $":link: Journal on {date}: {Markdown.Code(new Anchor(number, hash).ToString())}\nWhoever changes anything up to here cannot change this post, too: `platformbot audit verify` compares.",
        };

        try
        {
            await chat.PostAsync(
                await chat.HomeChannelAsync(stopping),
                thread: null,
                post,
                $"audit-head:{date}",
                stopping
            );
        }
        catch (ChatRefusedException refused)
        {
            LogNotPosted(refused.Message);
        }
    }

    private async Task TakeNotesAsync(CancellationToken stopping)
    {
        if (!_notes.TryPrepare())
        {
            LogLater($"the folder {_notes.Folder} cannot be made");
            return;
        }

        using var watcher = new FileSystemWatcher(_notes.Folder, "*.json") { EnableRaisingEvents = true };
        using var news = new SemaphoreSlim(1);
        watcher.Renamed += (_, _) => news.Release();

        while (true)
        {
            await news.WaitAsync(NotesAtLeastEvery, stopping);

            try
            {
                await _notes.TakeAsync(journal);
            }
            catch (Exception later) when (later is JournalUnavailableException or IOException)
            {
                LogLater(later.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The journal's head could not be posted: {Reason}")]
    private partial void LogNotPosted(string reason);

    [LoggerMessage(LogLevel.Warning, "An export is not in the journal yet: {Reason}")]
    private partial void LogLater(string reason);
}
