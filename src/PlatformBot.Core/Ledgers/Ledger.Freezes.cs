using System.Collections.Immutable;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Ledgers;

/// <summary>Freezes that people made, and the lifting of any.</summary>
public sealed partial record Ledger
{
    /// <summary>Made by hand, by number. Those that are over are kept until their post says so.</summary>
    public ImmutableSortedDictionary<long, Freeze> Freezes { get; init; } =
        ImmutableSortedDictionary<long, Freeze>.Empty;

    /// <summary>The number of the newest one that was made by hand; 0 while there was none.</summary>
    public long LastFreeze { get; init; }

    /// <summary>Requests to lift one, by number, until their post says how they ended.</summary>
    public ImmutableSortedDictionary<long, Thaw> Thaws { get; init; } = ImmutableSortedDictionary<long, Thaw>.Empty;

    /// <summary>The number of the newest request; 0 while there was none.</summary>
    public long LastThaw { get; init; }

    /// <summary>Keys of freezes that hold no more, because enough people wanted so.</summary>
    public ImmutableHashSet<string> Lifted { get; init; } = [];

    private Ledger FoldFreezes(Entry entry) =>
        entry.What switch
        {
            RunEvent.Frozen(var freeze) => this with
            {
                LastFreeze = LastFreeze + 1,
                Freezes = Freezes.SetItem(LastFreeze + 1, freeze with { By = entry.By }),
            },
            RunEvent.ThawAsked asked => this with
            {
                LastThaw = asked.Number,
                Thaws = Thaws.SetItem(asked.Number, Thaw.Of(asked, entry)),
            },
            RunEvent.ThawVoted voted => With(
                voted.Number,
                thaw =>
                    thaw with
                    {
                        Approval = thaw.Approval.With(new Vote(entry.By, voted.Decision, voted.Reason, entry.At)),
                    }
            ),
            RunEvent.ThawExpired expired => With(
                expired.Number,
                thaw => thaw with { Approval = thaw.Approval.Fire(ApprovalTrigger.Expire) }
            ),
            RunEvent.Thawed thawed => Thaws.TryGetValue(thawed.Number, out var thaw)
                ? this with
                {
                    Lifted = Lifted.Add(thaw.Freeze.Key),
                }
                : this,
            _ => FoldClusters(entry),
        };

    private Ledger With(long number, Func<Thaw, Thaw> change) =>
        Thaws.TryGetValue(number, out var thaw) ? this with { Thaws = Thaws.SetItem(number, change(thaw)) } : this;

    /// <summary>What has ended, and whose post says so, is of no more use.</summary>
    private Ledger Forget(string notice) =>
        notice.Split(':') is [var what, var digits] && long.TryParse(digits, out var number)
            ? what switch
            {
                "freeze" => this with { Freezes = Freezes.Remove(number) },
                "glass" => this with { Glasses = Glasses.Remove(number) },
                "repin" => this with { Repins = Repins.Remove(number) },
                "thaw" => this with { Thaws = Thaws.Remove(number) },
                _ => this,
            }
            : this;
}
