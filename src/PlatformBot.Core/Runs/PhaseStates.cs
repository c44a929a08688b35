using static PlatformBot.Core.Runs.PhaseState;
using static PlatformBot.Core.Runs.PhaseTrigger;

namespace PlatformBot.Core.Runs;

public enum PhaseState
{
    Waiting,
    Working,
    Stuck,
    Complete,
    Abandoned,
    Undone,
}

public enum PhaseTrigger
{
    Begin,
    Stick,
    Unstick,
    Complete,
    Abandon,
    Undo,
}

/// <summary>What a phase may do next. A phase is complete when each of its steps is done, was done already, or was skipped.</summary>
public static class PhaseStates
{
    // csharpier-ignore - one row per arrow
    public static readonly StateTable<PhaseState, PhaseTrigger> Table = new(start: Waiting)
    {
        { Waiting, Begin,                 Working             },
        { Waiting, Abandon,               Abandoned           },
        { Working, Stick,                 Stuck               },   // a step failed for good
        { Working, PhaseTrigger.Complete, PhaseState.Complete },
        { Working, Abandon,               Abandoned           },
        { Stuck,   Unstick,               Working             },
        { Stuck,   Abandon,               Abandoned           },
        { Working, Undo,                  Undone              },   // a step of it is rolled back
        { Stuck,   Undo,                  Undone              },
        { PhaseState.Complete, Undo,      Undone              },
    };
}
