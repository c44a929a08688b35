using System.Collections;
using System.Text;

namespace PlatformBot.Core;

/// <summary>One arrow of a state machine: in this state, on this trigger, go there.</summary>
public readonly record struct Transition<TState, TTrigger>(TState From, TTrigger On, TState To);

/// <summary>
/// A state machine written as a table. It holds no current state and runs no code:
/// the same table decides what a live run may do next, what a replayed journal means,
/// and what the diagram in the README shows.
/// </summary>
public sealed class StateTable<TState, TTrigger>(TState start) : IEnumerable<Transition<TState, TTrigger>>
    where TState : struct, Enum
    where TTrigger : struct, Enum
{
    private readonly Dictionary<(TState, TTrigger), TState> _next = [];
    private readonly List<Transition<TState, TTrigger>> _rows = [];

    public TState Start { get; } = start;

    /// <summary>Adds one row. Two rows for the same state and trigger are a mistake in the table.</summary>
    public void Add(TState from, TTrigger on, TState to)
    {
        _next.Add((from, on), to);
        _rows.Add(new(from, on, to));
    }

    /// <summary>Where <paramref name="trigger"/> leads from <paramref name="state"/>, or null when it is not allowed there.</summary>
    public TState? Next(TState state, TTrigger trigger) =>
        _next.TryGetValue((state, trigger), out var next) ? next : null;

    public IEnumerable<TTrigger> AllowedIn(TState state) =>
        _rows.Where(row => row.From.Equals(state)).Select(row => row.On);

    /// <summary>A state with no way out is final.</summary>
    public bool IsFinal(TState state) => !AllowedIn(state).Any();

    public string ToMermaid()
    {
        var text = new StringBuilder("stateDiagram-v2\n");
        text.Append("    [*] --> ").Append(Start).Append('\n');

        foreach (var (from, on, to) in _rows)
            text.Append("    ").Append(from).Append(" --> ").Append(to).Append(" : ").Append(on).Append('\n');

        foreach (var final in Enum.GetValues<TState>().Where(IsFinal))
            text.Append("    ").Append(final).Append(" --> [*]\n");

        return text.ToString();
    }

    public IEnumerator<Transition<TState, TTrigger>> GetEnumerator() => _rows.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
