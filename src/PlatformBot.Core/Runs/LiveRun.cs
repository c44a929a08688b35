using PlatformBot.Core.Journals;

namespace PlatformBot.Core.Runs;

/// <summary>
/// A run that is being worked on: its newest state, and the one door through which anything is written about it.
/// Whoever writes decides on the state that is written after, because both happen under one gate.
/// </summary>
public sealed class LiveRun(Run run, IJournal journal) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile Run _now = run;
    private volatile TaskCompletionSource _changed = NewSignal();

    public Run Now => _now;

    public RunId Id => _now.Id;

    /// <summary>Completes at the next change. Take it before looking at <see cref="Now"/>, so that no change is missed.</summary>
    public Task Changed => _changed.Task;

    /// <summary>Writes what has happened. Returns when it is on disk.</summary>
    /// <exception cref="JournalUnavailableException">It is not on disk and did not happen.</exception>
    public async Task RecordAsync(Person by, RunEvent what)
    {
        await _gate.WaitAsync(CancellationToken.None);

        try
        {
            await WriteAsync(by, what);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Asks the newest state what should be written, and writes it before anything else can change that state.</summary>
    public async Task<Result<Run>> DecideAsync(Person by, Func<Run, Result<RunEvent>> decide)
    {
        await _gate.WaitAsync(CancellationToken.None);

        try
        {
            if (!decide(_now).Ok(out var what, out var refusal))
                return refusal;

            await WriteAsync(by, what);
            return _now;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task WriteAsync(Person by, RunEvent what)
    {
        _now = _now.Fold(await journal.AppendAsync(_now.Id, by, what));
        Interlocked.Exchange(ref _changed, NewSignal()).SetResult();
    }

    public void Dispose() => _gate.Dispose();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
