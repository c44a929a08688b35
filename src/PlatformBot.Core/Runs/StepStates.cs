using static PlatformBot.Core.Runs.StepState;
using static PlatformBot.Core.Runs.StepTrigger;

namespace PlatformBot.Core.Runs;

public enum StepState
{
    Pending,
    Running,
    Verifying,
    WaitingToRetry,
    Interrupted,
    AlreadyDone,
    Succeeded,
    Failed,
    Skipped,
    Cancelled,
}

public enum StepTrigger
{
    FindDone,
    Start,
    Verify,
    Succeed,
    Fail,
    RetryLater,
    Interrupt,
    Retry,
    Skip,
    Cancel,
}

/// <summary>What a step may do next.</summary>
public static class StepStates
{
    // csharpier-ignore - one row per arrow
    public static readonly StateTable<StepState, StepTrigger> Table = new(start: Pending)
    {
        { Pending,        FindDone,   AlreadyDone    },   // the probe holds
        { Pending,        Start,      Running        },
        { Pending,        Fail,       Failed         },   // it may not start: approval void, probe cannot tell
        { Pending,        Cancel,     Cancelled      },
        { Running,        Verify,     Verifying      },
        { Running,        Fail,       Failed         },
        { Running,        RetryLater, WaitingToRetry },
        { Running,        Interrupt,  Interrupted    },   // the bot died
        { Running,        Cancel,     Cancelled      },
        { Verifying,      Succeed,    Succeeded      },
        { Verifying,      Fail,       Failed         },
        { Verifying,      RetryLater, WaitingToRetry },
        { Verifying,      Cancel,     Cancelled      },
        { WaitingToRetry, FindDone,   AlreadyDone    },
        { WaitingToRetry, Start,      Running        },
        { WaitingToRetry, Fail,       Failed         },
        { WaitingToRetry, Cancel,     Cancelled      },
        { Interrupted,    FindDone,   AlreadyDone    },
        { Interrupted,    Start,      Running        },   // only where repeating is safe
        { Interrupted,    Fail,       Failed         },   // otherwise a person decides
        { Interrupted,    Cancel,     Cancelled      },
        { Failed,         Retry,      Pending        },
        { Failed,         Skip,       Skipped        },
        { Failed,         Cancel,     Cancelled      },
    };

    /// <summary>What depends on it may start.</summary>
    public static bool IsSettled(StepState state) =>
        state is StepState.AlreadyDone or StepState.Succeeded or StepState.Skipped;
}
