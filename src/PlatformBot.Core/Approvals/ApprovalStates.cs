using static PlatformBot.Core.Approvals.ApprovalState;
using static PlatformBot.Core.Approvals.ApprovalTrigger;

namespace PlatformBot.Core.Approvals;

public enum ApprovalState
{
    Requested,
    Approved,
    Denied,
    Expired,
    Withdrawn,
}

public enum ApprovalTrigger
{
    Support,
    Approve,
    Deny,
    Expire,
    Withdraw,
}

/// <summary>What an approval may do next.</summary>
public static class ApprovalStates
{
    // csharpier-ignore - one row per arrow
    public static readonly StateTable<ApprovalState, ApprovalTrigger> Table = new(start: Requested)
    {
        { Requested, Support,  Requested },   // a vote, not yet enough of them
        { Requested, Approve,  Approved  },
        { Requested, Deny,     Denied    },
        { Requested, Expire,   Expired   },
        { Requested, Withdraw, Withdrawn },   // the run ended without it
    };
}
