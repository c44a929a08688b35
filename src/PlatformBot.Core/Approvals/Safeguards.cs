using PlatformBot.Core.Freezes;
using PlatformBot.Core.Ledgers;

namespace PlatformBot.Core.Approvals;

/// <summary>What stands before destruction besides the approvals of a run itself.</summary>
public sealed record Safeguards(LiveLedger Ledger, FreezeBook Freezes, Denials Denials, BreakGlass Glass);

/// <summary>Whether one person alone may approve in an emergency.</summary>
/// <param name="Role">that person's; null: nobody may</param>
public sealed record BreakGlass(string? Role);
