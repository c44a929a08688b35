using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Journals;

/// <summary>
/// The newest state of something that the journal tells, and the one door through which anything is written about it.
/// Whoever writes decides on the state that is written after, because both happen under one gate.
/// </summary>
public abstract class Live<TState>(TState state, IJournal journal, TimeProvider clock) : IDisposable
    where TState : class, IFold<TState>
{
    private static readonly Refusal NoLonger = new("This has changed meanwhile.", "Look at it again.");

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Signal _changed = new();
    private volatile TState _now = state;
    private volatile string? _trouble;

    public TState Now => _now;

    /// <summary>What keeps the bot itself from going on ("the disk is full"), for people; null while nothing does. Not journaled.</summary>
    public string? Trouble => _trouble;

    /// <summary>Completes at the next change. Take it before looking at <see cref="Now"/>, so that no change is missed.</summary>
    public Task Changed => _changed.Next;

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

    /// <summary>
    /// Writes what the bot itself did or is about to do, however long the journal is away: until it is on disk, nothing
    /// follows from it, and people see why it stands still.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired before it was written.</exception>
    public Task NoteAsync(RunEvent what, CancellationToken stopping) => NoteIfAsync(_ => true, what, stopping);

    /// <summary>Like <see cref="NoteAsync"/>, but only while the newest state still permits it, which may change during the wait.</summary>
    /// <returns>whether it was written</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired before it was written.</exception>
    public async Task<bool> NoteIfAsync(Func<TState, bool> still, RunEvent what, CancellationToken stopping)
    {
        var backoff = new Backoff();

        while (true)
        {
            try
            {
                var written = await DecideAsync(Person.Bot, now => still(now) ? what : NoLonger);
                return written.Ok(out _, out _);
            }
            catch (JournalUnavailableException away)
            {
                Report(away.Message);
            }

            await Task.Delay(backoff.Next(), clock, stopping);
        }
    }

    /// <summary>Like the other, for somebody who came in from outside: the entry says how.</summary>
    /// <exception cref="JournalUnavailableException">It is not on disk and did not happen.</exception>
    public Task<Result<TState>> DecideAsync(Caller by, Func<TState, Result<RunEvent>> decide) =>
        DecideAsync(by.Person, now => decide(now).Ok(out var what, out var no) ? what with { Origin = by.Origin } : no);

    /// <summary>Asks the newest state what should be written, and writes it before anything else can change that state.</summary>
    /// <exception cref="JournalUnavailableException">It is not on disk and did not happen.</exception>
    public async Task<Result<TState>> DecideAsync(Person by, Func<TState, Result<RunEvent>> decide)
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

    /// <summary>
    /// Id of the post in which something was said; null when it was not within <paramref name="patience"/>. People may see a post
    /// some milliseconds before its id is in the journal, and a step may fail before the run's card is there.
    /// </summary>
    /// <param name="key">under which it is said, which may be another one when the state has changed</param>
    /// <param name="real">the clock that people live by</param>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public async Task<string?> PostAsync(
        Func<TState, string> key,
        TimeSpan patience,
        TimeProvider real,
        CancellationToken stopping
    )
    {
        var began = real.GetTimestamp();

        while (true)
        {
            var (changed, now) = (Changed, Now);

            if (now.Posts.TryGetValue(key(now), out var post))
                return post;

            if (Left() == TimeSpan.Zero)
                return null;

            await News.OrAfterAsync(changed, Left, real, stopping);
        }

        TimeSpan Left() => real.GetElapsedTime(began) is var gone && gone < patience ? patience - gone : TimeSpan.Zero;
    }

    /// <summary>Says what keeps the bot from going on. The next entry that is written takes it back.</summary>
    public void Report(string trouble)
    {
        if (Interlocked.Exchange(ref _trouble, trouble) != trouble)
            _changed.Raise();
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _gate.Dispose();

    private async Task WriteAsync(Person by, RunEvent what)
    {
        _now = _now.Fold(await journal.AppendAsync(_now.Of, by, what));
        _trouble = null;
        _changed.Raise();
    }
}
