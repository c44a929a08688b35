using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using PlatformBot.Core.Runs;
using PlatformBot.Storage;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Storage;

/// <summary>
/// Journals as earlier versions wrote them, in Journals/ (tables, rows and the format's number, as SQL). They are never changed: a new
/// format gets a new file. What they say of their runs is what they always said.
/// </summary>
public sealed class OldJournalTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"old-{Guid.NewGuid():N}.sqlite");
    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("format-1")]
    public async Task A_journal_of_an_earlier_version_is_opened_verified_and_says_what_it_said(string name)
    {
        Restore(name);

        await using var journal = new SqliteJournal(_path, _clock);

        Told(journal).ShouldMatchSnapshot(name);
    }

    [Fact]
    public async Task It_is_written_on_and_its_runs_are_gone_on_with()
    {
        Restore("format-1");
        await using var journal = new SqliteJournal(_path, _clock);
        var open = journal.OpenRuns().ShouldHaveSingleItem();

        await journal.AppendAsync(open, Core.Person.Bot, new RunEvent.CancelAsked("an old one"));

        Run.Replay(journal.Read(open))!.State.ShouldBe(RunState.Cancelling);
    }

    [Fact]
    public void A_new_journal_has_the_tables_of_the_newest_of_them()
    {
        using (new JournalFile(_path)) { }
        var made = Schema();
        SqliteConnection.ClearAllPools();
        File.Delete(_path);

        Restore($"format-{JournalFile.Format}");

        Schema().ShouldBe(made);
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();

        foreach (var file in Directory.GetFiles(Path.GetTempPath(), $"{Path.GetFileName(_path)}*"))
            File.Delete(file);
    }

    private static string Told(SqliteJournal journal)
    {
        var text = new StringBuilder();

        foreach (var line in journal.Recent(100).Reverse())
        {
            var run = Run.Replay(journal.Read(line.Id))!;
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{run.Id} {line.Title}, by {line.Requester}: {run.State}, {(run.IsClosed ? "closed" : "open")}"
            );

            foreach (var approval in run.Approvals.Values)
            {
                var votes = string.Join(", ", approval.Votes.Select(vote => $"{vote.By} {vote.Decision}"));
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"  approval {approval.Phase}: {approval.State} ({votes})"
                );
            }

            foreach (var step in run.Plan.Steps)
            {
                var at = run.At(step);
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"  {step.Id}: {at.State}, attempt {at.Attempt}, saw: {at.Saw}"
                );
            }
        }

        return text.ToString();
    }

    private void Restore(string name, [CallerFilePath] string here = "")
    {
        using var connection = Open();
        connection.Execute(File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "Journals", $"{name}.sql")));
    }

    private string Schema()
    {
        using var connection = Open();
        return string.Join('\n', connection.Query<string>("select sql from sqlite_master order by name"));
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={_path}");
        connection.Open();
        return connection;
    }
}
