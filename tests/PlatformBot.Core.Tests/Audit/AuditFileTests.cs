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

    private static readonly IReadOnlyList<StoredEntry> Entries = Journal("ada");

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

        Check(anew, OfJournal(5)).Wrong!.ShouldContain("entry 5 is not the one");
        Check(anew, new Anchor(null, 99, EntryJson.Genesis))
            .Wrong!.ShouldContain("entry 99, of which you gave an anchor");
        Check(anew, OfRunTwo()).Wrong!.ShouldContain("entry 6 is not the one");
        Check(Export(run: null), OfJournal(5), OfRunTwo()).Wrong.ShouldBeNull();
    }

    /// <summary>The journal's hash of an entry ties nothing in such an export to it but the entry before.</summary>
    [Fact]
    public void An_export_of_a_run_is_proven_by_the_runs_own_anchor_only()
    {
        var anew = Text(AuditFile.Write(Journal("mallory"), 2, "eve", Noon));
        Check(anew).Wrong.ShouldBeNull();

        Check(anew, OfJournal(6)).Wrong!.ShouldContain("is of the journal, and this is an export of run 2");
        Check(anew, OfRunTwo() with { Run = 1 }).Wrong!.ShouldContain("is of run 1");
        Check(anew, OfRunTwo()).Wrong!.ShouldContain("entry 6 is not the one");
        Check(Export(run: 2), OfRunTwo()).Wrong.ShouldBeNull();
    }

    private static Anchor OfJournal(int number) => new(null, number, Entries[number - 1].Hash);

    private static Anchor OfRunTwo() => Run.Replay(OfRun(2))!.Anchor;

    private static IEnumerable<Entry> OfRun(long run) =>
        Entries
            .Where(entry => entry.Run == run)
            .Select(entry => new Entry(
                entry.Number,
                new RunId(run),
                entry.At,
                entry.By,
                EntryJson.Read(entry.What),
                entry.Hash
            ));

    [Fact]
    public void An_anchor_is_read_as_it_was_posted()
    {
        Anchor.Parse(OfRunTwo().ToString()).ShouldBe(OfRunTwo());
        Anchor.Parse(OfJournal(5).ToString()).ShouldBe(OfJournal(5));

        var odd = new[] { "", "5", $"{OfJournal(5)} ", $"x/{OfJournal(5)}", $"1/2/{OfJournal(5)}" };
        odd.Select(Anchor.Parse).ShouldAllBe(anchor => anchor == null);
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
    private static IReadOnlyList<StoredEntry> Journal(string requester)
    {
        var journal = new MemoryJournal(new FakeClock(Noon));
        var by = new Person(requester, $"{requester} <\"é\u202E\u0001\\🚀\">");
        Write(journal, by).GetAwaiter().GetResult();
        return
        [
            .. journal.Entries.Select(entry => new StoredEntry(
                entry.Number,
                entry.Run?.Number,
                entry.At,
                entry.By,
                EntryJson.Write(entry.What),
                entry.Hash
            )),
        ];
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
