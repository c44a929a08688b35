using PlatformBot.Core.Journals;
using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Tests.Runs;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Ledgers;

public sealed class LedgerTests
{
    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task What_was_written_is_there_after_a_restart()
    {
        var journal = new MemoryJournal(_clock);
        using var ledger = new LiveLedger(journal, _clock);
        await ledger.RecordAsync(Person.Bot, ledger.Now.Said("freeze:3", "ops", "post7"));
        await journal.AppendAsync(null, Stage.Ada, new RunEvent.Refused("approve", "four eyes"));

        using var again = new LiveLedger(journal, _clock);

        ledger.Now.Posts["freeze:3"].ShouldBe("post7");
        again.Now.Posts["freeze:3"].ShouldBe("post7");
        journal.Entries.ShouldAllBe(entry => entry.Run == null);
    }

    [Fact]
    public async Task What_cannot_be_written_did_not_happen()
    {
        var journal = new MemoryJournal(_clock) { IsFull = true };
        using var ledger = new LiveLedger(journal, _clock);

        await Should.ThrowAsync<JournalUnavailableException>(() =>
            ledger.RecordAsync(Person.Bot, ledger.Now.Said("freeze:3", "ops", "post7"))
        );

        ledger.Now.Posts.ShouldBeEmpty();
    }

    /// <summary>A kind that changes the ledger, and is not read when the bot starts, would be forgotten then.</summary>
    [Fact]
    public void Every_kind_that_is_read_is_one_that_is_written() =>
        Ledger.Kinds.ShouldAllBe(kind => EntryJson.Knows(EntryJson.Beginning(kind)));
}
