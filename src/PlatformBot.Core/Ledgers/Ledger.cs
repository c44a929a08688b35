using System.Collections.Immutable;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Ledgers;

/// <summary>What the journal says that belongs to no run. Immutable: <see cref="Fold"/> gives the next one.</summary>
public sealed partial record Ledger : IFold<Ledger>
{
    /// <summary>The kinds of entries that change it.</summary>
    public static IReadOnlyCollection<string> Kinds { get; } =
    [
        "notice-posted",
        "notice-closed",
        "name-pinned",
        "cluster-pinned",
        "cluster-unpinned",
        "rules-read",
        "frozen",
        "thaw-asked",
        "thaw-voted",
        "thaw-expired",
        "thawed",
        "glass-broken",
        "glass-reviewed",
    ];

    public RunId? Of => null;

    /// <summary>What was said in chat and may still change: key → post id.</summary>
    public ImmutableDictionary<string, string> Posts { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>What names in the settings mean, for good: "ada" or "channel:security" → the chat server's id.</summary>
    public ImmutableDictionary<string, string> Pins { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Who may what, and when nothing may be destroyed, as the settings said when they were read last; "" before that.</summary>
    public string Rules { get; init; } = "";

    /// <summary>The ledger after one more entry of no run.</summary>
    public Ledger Fold(Entry entry) =>
        entry.What switch
        {
            RunEvent.NoticePosted said => this with { Posts = Posts.SetItem(said.Key, said.PostId) },
            RunEvent.NamePinned pinned => this with { Pins = Pins.SetItem(pinned.Name, pinned.Id) },
            RunEvent.RulesRead read => this with { Rules = read.Rules },
            RunEvent.NoticeClosed closed => Forget(closed.Key) with { Posts = Posts.Remove(closed.Key) },
            _ => FoldGlass(entry),
        };

    public RunEvent Said(string key, string channel, string post) => new RunEvent.NoticePosted(key, channel, post);
}
