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
    RollingBack,
    RolledBack,
    RollbackFailed,
    NotUndone,
    TakingBack,
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
    RollBack,
    Undo,
    FailToUndo,
    TurnRed,
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
        { Pending,        RollBack,   RollingBack    },   // it was to be tried again
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
        { WaitingToRetry, RollBack,   RollingBack    },
        { Interrupted,    FindDone,   AlreadyDone    },
        { Interrupted,    Start,      Running        },   // only where repeating is safe
        { Interrupted,    Fail,       Failed         },   // otherwise a person decides
        { Interrupted,    Cancel,     Cancelled      },
        { Interrupted,    RollBack,   RollingBack    },
        { Running,        TurnRed,    TakingBack     },   // for steps that undo themselves: half done, or not proven
        { Verifying,      TurnRed,    TakingBack     },
        { WaitingToRetry, TurnRed,    TakingBack     },
        { Pending,        TurnRed,    TakingBack     },   // a person wanted it again after a way back that did not work
        { Interrupted,    TurnRed,    TakingBack     },
        { TakingBack,     Fail,       Failed         },   // whatever became of it, a person decides how it goes on
        { Failed,         Retry,      Pending        },
        { Failed,         Skip,       Skipped        },
        { Failed,         Cancel,     Cancelled      },
        { Failed,         RollBack,   RollingBack    },   // what it did half is undone, too
        { Succeeded,      RollBack,   RollingBack    },
        { Skipped,        RollBack,   RollingBack    },
        { Cancelled,      RollBack,   RollingBack    },   // it waited to be tried again
        { AlreadyDone,    RollBack,   RollingBack    },   // done by this run, as its probe found after a crash
        { RollingBack,    Undo,       RolledBack     },
        { RollingBack,    FailToUndo, RollbackFailed },   // it is never undone a second time without a person
        { RollbackFailed, Retry,      RollbackFailed },   // a person wants it undone again
        { RollbackFailed, RollBack,   RollingBack    },
        { RollbackFailed, Undo,       RolledBack     },   // found undone after a crash
        { RollbackFailed, Skip,       NotUndone      },   // a person leaves it as it is
    };

    /// <summary>A rollback has reached it.</summary>
    public static bool IsUndone(StepState state) =>
        state is StepState.RollingBack or StepState.RolledBack or StepState.RollbackFailed or StepState.NotUndone;

    /// <summary>What depends on it may start.</summary>
    public static bool IsSettled(StepState state) =>
        state is StepState.AlreadyDone or StepState.Succeeded or StepState.Skipped;
}
