using PlatformBot.Core.Approvals;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Ledgers;

/// <summary>Somebody wants a freeze ended before its time.</summary>
/// <param name="Freeze">as it was when they asked</param>
public sealed record Thaw(long Number, Freeze Freeze, string Reason, Approval Approval)
{
    /// <summary>"thaw-2": what people name when they vote.</summary>
    public string Name => NameOf(Number);

    public bool IsOpen => Approval.State is ApprovalState.Requested;

    public bool IsApproved => Approval.State is ApprovalState.Approved;

    public static string NameOf(long number) => $"thaw-{number}";

    /// <summary>What a vote is about: changed words are another freeze.</summary>
    public static string DigestOf(Freeze freeze) => Sha256.Of(EntryJson.Write(new RunEvent.Frozen(freeze)));

    internal static Thaw Of(RunEvent.ThawAsked asked, Entry entry) =>
        new(
            asked.Number,
            asked.Freeze,
            asked.Reason,
            new Approval(NameOf(asked.Number), asked.Digest, entry.By, asked.Quorum, entry.At, asked.ExpiresAt)
        );
}
