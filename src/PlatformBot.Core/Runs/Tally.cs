using System.Collections.Immutable;

namespace PlatformBot.Core.Runs;

/// <summary>How many steps are in which state. Counted with each change, because a run of a thousand steps is asked often and has changed little.</summary>
internal sealed class Tally
{
    private static readonly StepState[] States = Enum.GetValues<StepState>();

    private readonly ImmutableArray<int> _counts;

    /// <param name="steps">none of which has begun</param>
    public Tally(int steps) => _counts = [.. States.Select(state => state == StepStates.Table.Start ? steps : 0)];

    private Tally(ImmutableArray<int> counts) => _counts = counts;

    /// <summary>After a step has moved.</summary>
    public Tally After(StepState from, StepState to)
    {
        var counts = _counts.ToBuilder();
        counts[(int)from]--;
        counts[(int)to]++;
        return new Tally(counts.MoveToImmutable());
    }

    public bool Any(Func<StepState, bool> which)
    {
        foreach (var state in States)
        {
            if (_counts[(int)state] > 0 && which(state))
                return true;
        }

        return false;
    }

    public bool Any(StepState state) => _counts[(int)state] > 0;

    public bool All(Func<StepState, bool> which) => !Any(state => !which(state));
}
