using System.Text;
using PlatformBot.Core.Audit;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Tests.Runs;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Audit;

/// <summary>Whatever is done to an export, by accident or on purpose, is found, and where.</summary>
public sealed class AuditFileTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static readonly IReadOnlyList<(Entry, string)> Entries = Journal("ada");

    [Fact]
    public void What_was_exported_is_whole()
    {
        var all = Check(Export(run: null));
        (all.Wrong, all.Entries, all.Run).ShouldBe((null, Entries.Count, null));

        var one = Check(Export(run: 2));
        (one.Wrong, one.Entries, one.Run).ShouldBe((null, 3, 2));
        Export(run: 2).ShouldNotContain("lunch");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(2L)]
    public void Every_change_of_a_single_byte_is_found(long? run)
    {
        var file = Encoding.UTF8.GetBytes(Export(run));

        for (var at = 0; at < file.Length; at++)
        {
            foreach (var change in new byte[] { 0x01, 0x20, 0x80 })
            {
                file[at] ^= change;
                var result = new AuditCheck([]).Check(file);
                result.Wrong.ShouldNotBeNull($"byte {at} xor {change} was not found");

                // The first line is proven by the last one.
                if (LineOf(file, at) > 1)
                    result.Line.ShouldBeLessThanOrEqualTo(LineOf(file, at) + 1);

                file[at] ^= change;
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(2L)]
    public void Every_end_that_is_cut_off_is_found(long? run)
    {
        var file = Encoding.UTF8.GetBytes(Export(run));

        for (var length = 0; length < file.Length; length++)
            new AuditCheck([]).Check(file.AsSpan(..length)).Wrong.ShouldNotBeNull($"cut after {length} bytes");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(2L)]
    public void Every_line_that_is_taken_out_doubled_or_moved_is_found_where_it_was(long? run)
    {
        var lines = Export(run).TrimEnd('\n').Split('\n');

        for (var at = 1; at < lines.Length - 1; at++)
        {
            Found([.. lines[..at], .. lines[(at + 1)..]]).ShouldBe(at + 1, $"{at} taken out");
            Found([.. lines[..at], lines[at], .. lines[at..]]).ShouldBe(at + 2, $"{at} doubled");
            Found([.. lines[..at], lines[at + 1], lines[at], .. lines[(at + 2)..]]).ShouldBe(at + 1, $"{at} moved");
        }
    }

    [Fact]
    public void An_entry_of_another_journal_is_found()
    {
        var lines = Export(run: null).Split('\n');
        lines[3] = Text(AuditFile.Write(Journal("mallory"), null, "eve", Noon)).Split('\n')[3];

        var result = Check(string.Join('\n', lines));

        result.Line.ShouldBe(4);
        result.Wrong.ShouldBe(
            "entry 3 does not follow from the entry before it: one of the two is not what was written"
        );
    }

    [Fact]
    public void An_edit_names_its_entry()
    {
        var result = Check(Export(run: null).Replace("wrong version", "right version", StringComparison.Ordinal));

        result.Wrong.ShouldBe("entry 6 is not what was written: its hash does not follow from its text");
        result.Last!.Number.ShouldBe(5);
    }

    [Fact]
    public void A_journal_that_was_written_anew_is_not_what_was_anchored()
    {
        var anew = Text(AuditFile.Write(Journal("mallory"), null, "eve", Noon));
        Check(anew).Wrong.ShouldBeNull();

        Check(anew, new Anchor(5, Entries[4].Item1.Hash)).Wrong!.ShouldContain("entry 5 is not the one");
        Check(anew, new Anchor(99, EntryJson.Genesis)).Wrong!.ShouldContain("entry 99, of which you gave an anchor");
        Check(Export(run: null), new Anchor(5, Entries[4].Item1.Hash)).Wrong.ShouldBeNull();
    }

    [Fact]
    public void A_run_knows_the_chain_that_its_export_has()
    {
        var anchor = Run.Replay(Entries.Select(each => each.Item1).Where(entry => entry.Run?.Number == 2))!.Anchor;

        Check(Export(run: 2), anchor).Wrong.ShouldBeNull();
        Anchor.Parse(anchor.ToString()).ShouldBe(anchor);
        Anchor.Parse($"{anchor} ").ShouldBeNull();
    }

    [Fact]
    public void An_export_looks_like_this() => Export(run: 2).ShouldMatchSnapshot("run");

    private static string Export(long? run) => Text(AuditFile.Write(Entries, run, "ada on host", Noon));

    private static string Text(IEnumerable<string> lines) => string.Concat(lines.Select(line => $"{line}\n"));

    private static AuditResult Check(string text, params Anchor[] anchors) =>
        new AuditCheck(anchors).Check(Encoding.UTF8.GetBytes(text));

    private static long Found(IEnumerable<string> lines) =>
        Check(Text(lines)) is { Wrong: not null } result ? result.Line : 0;

    private static int LineOf(byte[] file, int at) => file[..at].Count(each => each == '\n') + 1;

    /// <summary>Two runs whose entries alternate, one refusal, and text of every kind.</summary>
    private static IReadOnlyList<(Entry, string)> Journal(string requester)
    {
        var journal = new MemoryJournal(new FakeClock(Noon));
        var by = new Person(requester, $"{requester} <\"é\u202E\u0001\\🚀\">");
        Write(journal, by).GetAwaiter().GetResult();
        return [.. journal.Entries.Select(entry => (entry, EntryJson.Write(entry.What)))];
    }

    private static async Task Write(MemoryJournal journal, Person by)
    {
        var one = (await journal.OpenRunAsync(by, new RunEvent.Planned(Of(Step("a")), "ops"))).Run;
        await journal.AppendAsync(null, by, new RunEvent.Refused("nonsense", "There is no such command."));
        var two = (await journal.OpenRunAsync(Ada, new RunEvent.Planned(Of(Step("b")), "ops"))).Run;
        await journal.AppendAsync(one, by, new RunEvent.Paused("lunch"));
        await journal.AppendAsync(
            two,
            Grace,
            new RunEvent.Voted("p", Core.Approvals.Decision.Deny, "d1", "n\u00f6 \"\\\n", "slash")
        );
        await journal.AppendAsync(two, Ada, new RunEvent.CancelAsked("wrong version"));
        await journal.AppendAsync(one, by, new RunEvent.Resumed());
    }
}
