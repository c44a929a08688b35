using System.Collections.Immutable;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Journals;

/// <summary>What the journal says of one thing: of a run, or of all that belongs to none. Immutable.</summary>
public interface IFold<TSelf>
{
    /// <summary>Whose entries these are; null for what belongs to no run.</summary>
    RunId? Of { get; }

    /// <summary>What was said of it in chat: key → post id.</summary>
    ImmutableDictionary<string, string> Posts { get; }

    /// <summary>It, after one more entry.</summary>
    TSelf Fold(Entry entry);

    /// <summary>The event which says that something was said in chat, once and for all.</summary>
    RunEvent Said(string key, string channel, string post);
}
