using static PlatformBot.Core.Runs.RunState;
using static PlatformBot.Core.Runs.RunTrigger;

namespace PlatformBot.Core.Runs;

public enum RunState
{
    Planned,
    Running,
    AwaitingApproval,
    AwaitingDecision,
    Paused,
    RollingBack,
    Cancelling,
    Succeeded,
    RolledBack,
    Failed,
    Cancelled,
    Denied,
    Expired,
}

public enum RunTrigger
{
    Start,
    AskApproval,
    Approve,
    Deny,
    Expire,
    AskDecision,
    Decide,
    Pause,
    Resume,
    RollBack,
    Cancel,
    Finish,
    Undo,
    Abort,
    Stop,
}

/// <summary>What a run may do next.</summary>
public static class RunStates
{
    // csharpier-ignore - one row per arrow
    public static readonly StateTable<RunState, RunTrigger> Table = new(start: Planned)
    {
        { Planned,          Start,       Running          },
        { Planned,          AskApproval, AwaitingApproval },   // nothing can start before somebody approves
        { Planned,          Pause,       Paused           },
        { Planned,          Cancel,      Cancelling       },   // it may wait for a lock of another run
        { Planned,          Finish,      Succeeded        },   // there was nothing to do
        { Running,          AskApproval, AwaitingApproval },   // everything else is done; a phase still waits
        { Running,          AskDecision, AwaitingDecision },   // a step failed for good; the rest goes on
        { Running,          Finish,      Succeeded        },
        { Running,          Deny,        Denied           },
        { Running,          Expire,      Expired          },
        { Running,          Pause,       Paused           },
        { Running,          RollBack,    RollingBack      },
        { Running,          Cancel,      Cancelling       },
        { AwaitingApproval, Approve,     Running          },
        { AwaitingApproval, AskDecision, AwaitingDecision },
        { AwaitingApproval, Deny,        Denied           },
        { AwaitingApproval, Expire,      Expired          },
        { AwaitingApproval, Pause,       Paused           },
        { AwaitingApproval, RollBack,    RollingBack      },
        { AwaitingApproval, Cancel,      Cancelling       },
        { AwaitingDecision, Decide,      Running          },   // retried or skipped
        { AwaitingDecision, Deny,        Denied           },
        { AwaitingDecision, Expire,      Expired          },
        { AwaitingDecision, Pause,       Paused           },
        { AwaitingDecision, RollBack,    RollingBack      },
        { AwaitingDecision, Cancel,      Cancelling       },
        { Paused,           Resume,      Running          },
        { Paused,           Finish,      Succeeded        },   // the last step ended meanwhile
        { Paused,           Deny,        Denied           },
        { Paused,           Expire,      Expired          },
        { Paused,           RollBack,    RollingBack      },
        { Paused,           Cancel,      Cancelling       },
        { RollingBack,      Undo,        RolledBack       },
        { RollingBack,      Pause,       Paused           },   // nobody approved it
        { RollingBack,      Cancel,      Cancelling       },
        { Cancelling,       Abort,       Failed           },   // given up with a failed step
        { Cancelling,       Stop,        Cancelled        },
    };
}
