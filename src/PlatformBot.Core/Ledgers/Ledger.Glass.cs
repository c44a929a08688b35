using System.Collections.Immutable;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Ledgers;

/// <summary>What people approved alone, and whether somebody has looked at it.</summary>
public sealed partial record Ledger
{
    /// <summary>By number, until the post of each says who has looked.</summary>
    public ImmutableSortedDictionary<long, Glass> Glasses { get; init; } = ImmutableSortedDictionary<long, Glass>.Empty;

    /// <summary>The number of the newest one; 0 while there was none.</summary>
    public long LastGlass { get; init; }

    /// <summary>Nobody has looked at it yet; there is one at most.</summary>
    public Glass? Unreviewed => Glasses.Values.FirstOrDefault(glass => glass.Reviewed is null);

    private Ledger FoldGlass(Entry entry) =>
        entry.What switch
        {
            RunEvent.GlassBroken broken => this with
            {
                LastGlass = broken.Number,
                Glasses = Glasses.SetItem(broken.Number, Glass.Of(broken, entry)),
            },
            RunEvent.GlassReviewed reviewed when Glasses.TryGetValue(reviewed.Number, out var glass) => this with
            {
                Glasses = Glasses.SetItem(
                    reviewed.Number,
                    glass with
                    {
                        Reviewed = new Glance(entry.By, entry.At, reviewed.Words),
                    }
                ),
            },
            _ => FoldFreezes(entry),
        };
}
