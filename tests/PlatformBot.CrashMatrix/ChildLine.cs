using System.Collections.Concurrent;
using System.Globalization;

namespace PlatformBot.CrashMatrix;

/// <summary>
/// The bot's end of the line to the harness: "17 JournalBefore secret started" goes out, "17" comes back and lets it go on. When
/// the harness is gone, so is the bot.
/// </summary>
internal sealed class ChildLine : IDisposable
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _waiting = [];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly StreamReader _heard;
    private readonly StreamWriter _said;
    private readonly Task _listening;
    private int _last;

    public ChildLine(Stream heard, Stream said)
    {
        _heard = new StreamReader(heard);
        _said = new StreamWriter(said) { AutoFlush = true };
        _listening = ListenAsync();
    }

    /// <summary>Returns when the harness has nothing against going on. It may never return.</summary>
    public async Task PassAsync(PointKind kind, string what)
    {
        var number = Interlocked.Increment(ref _last);
        var passed = _waiting[number] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _turn.WaitAsync();

        try
        {
            await _said.WriteLineAsync(
                string.Create(CultureInfo.InvariantCulture, $"{number} {kind} {what.ReplaceLineEndings(" ")}")
            );
        }
        finally
        {
            _turn.Release();
        }

        await passed.Task;
    }

    /// <summary>Returns when the harness has gone.</summary>
    public Task EndedAsync() => _listening;

    public void Dispose()
    {
        _heard.Dispose();
        _said.Dispose();
        _turn.Dispose();
    }

    private async Task ListenAsync()
    {
        while (await _heard.ReadLineAsync() is { } line)
        {
            if (_waiting.TryRemove(int.Parse(line, CultureInfo.InvariantCulture), out var passed))
                passed.SetResult();
        }
    }
}
