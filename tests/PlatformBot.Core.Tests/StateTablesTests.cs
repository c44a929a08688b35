using System.Runtime.CompilerServices;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Incidents;
using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests;

public sealed class StateTablesTests
{
    [Fact]
    public void Every_state_of_every_machine_is_reached_and_every_trigger_is_used()
    {
        ShouldBeWhole(RunStates.Table);
        ShouldBeWhole(PhaseStates.Table);
        ShouldBeWhole(StepStates.Table);
        ShouldBeWhole(ApprovalStates.Table);
        ShouldBeWhole(IncidentStates.Table);
    }

    [Fact]
    public void The_final_states_are_these()
    {
        Final(RunStates.Table)
            .ShouldBe([
                RunState.Succeeded,
                RunState.RolledBack,
                RunState.Failed,
                RunState.Cancelled,
                RunState.Denied,
                RunState.Expired,
            ]);
        Final(PhaseStates.Table).ShouldBe([PhaseState.Abandoned, PhaseState.Undone]);
        Final(StepStates.Table).ShouldBe([StepState.RolledBack, StepState.NotUndone]);
        Final(ApprovalStates.Table)
            .ShouldBe([ApprovalState.Approved, ApprovalState.Denied, ApprovalState.Expired, ApprovalState.Withdrawn]);
        Final(IncidentStates.Table).ShouldBe([IncidentState.Closed]);
    }

    [Fact]
    public void The_diagrams_in_the_documentation_are_the_tables()
    {
        var path = Path.Combine(Root(), "docs", "state-machines.md");
        var text = Document();

        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            File.WriteAllText(path, text);

        File.ReadAllText(path).ShouldBe(text);
    }

    private static string Document() =>
        "# State machines\n\n"
        + "Printed from the tables in `src/PlatformBot.Core`; a test keeps this page equal to them.\n"
        + Section("Run", RunStates.Table.ToMermaid())
        + Section("Phase", PhaseStates.Table.ToMermaid())
        + Section("Step", StepStates.Table.ToMermaid())
        + Section("Approval", ApprovalStates.Table.ToMermaid())
        + Section("Incident", IncidentStates.Table.ToMermaid());

    private static string Section(string title, string mermaid) => $"\n## {title}\n\n```mermaid\n{mermaid}```\n";

    private static void ShouldBeWhole<TState, TTrigger>(StateTable<TState, TTrigger> table)
        where TState : struct, Enum
        where TTrigger : struct, Enum
    {
        var reached = new HashSet<TState> { table.Start };

        while (table.Where(row => reached.Contains(row.From)).Select(row => row.To).Any(reached.Add)) { }

        Enum.GetValues<TState>().Except(reached).ShouldBeEmpty();
        Enum.GetValues<TTrigger>().Except(table.Select(row => row.On)).ShouldBeEmpty();
    }

    private static IEnumerable<TState> Final<TState, TTrigger>(StateTable<TState, TTrigger> table)
        where TState : struct, Enum
        where TTrigger : struct, Enum => Enum.GetValues<TState>().Where(table.IsFinal);

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
