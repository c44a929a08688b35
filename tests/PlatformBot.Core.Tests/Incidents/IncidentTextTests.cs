using PlatformBot.Core.Incidents;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Tests.Chat;
using PlatformBot.Core.Tests.Runs;
using PlatformBot.TestKit;
using Xunit;
using static PlatformBot.Core.Tests.Chat.PlatformRuns;

namespace PlatformBot.Core.Tests.Incidents;

/// <summary>Issues as somebody reads them who has never heard of the run.</summary>
public sealed class IncidentTextTests
{
    private const string Card = "https://chat.example/ops/pl/card42";

    [Fact]
    public void An_issue_holds_the_whole_diagnosis()
    {
        var run = Failed().Run;
        var step = run.FindStep(SecondNode)!;

        Rendered
            .Visible($"# {IncidentText.Title(run, step)}\n\n{IncidentText.Body(run, step, Card)}")
            .ShouldMatchSnapshot("issue");
    }

    [Fact]
    public void An_issue_of_a_step_that_never_started_says_as_much_as_there_is()
    {
        var why = new Failure(0, "The approval of infra/foundation is void.", null, null, "", null, "");
        var run = Approved().Then(new RunEvent.StepFailed("infra/etcd-bootstrap", why, RetryAt: null)).Run;

        Rendered
            .Visible(IncidentText.Body(run, run.FindStep("infra/etcd-bootstrap")!, card: null))
            .ShouldMatchSnapshot("issue-before-it-started");
    }

    [Fact]
    public void An_issue_of_what_could_not_be_undone_tells_of_the_way_back()
    {
        var run = new Chronicle(Plans.Of(Plans.Undoable("lease")), Ada)
            .Then(new RunEvent.StepStarted("lease", 1))
            .Then(new RunEvent.StepActed("lease", "exit 0"))
            .Then(new RunEvent.StepSucceeded("lease", "it is there"))
            .Then(Ada, new RunEvent.RollbackAsked("not wanted"))
            .Then(new RunEvent.RollbackStarted("lease"))
            .Then(new RunEvent.RollbackFailed("lease", Failure.Untouched(1, "Nothing shows what became of it.")))
            .Run;
        var step = run.FindStep("lease")!;

        Rendered
            .Visible($"# {IncidentText.Title(run, step)}\n\n{IncidentText.Body(run, step, card: null)}")
            .ShouldMatchSnapshot("issue-of-an-undoing");
    }

    [Fact]
    public void What_is_added_to_an_issue_says_what_happened_since()
    {
        var again = Failed()
            .Then(Ada, new RunEvent.StepRetried(SecondNode))
            .Then(new RunEvent.StepStarted(SecondNode, 4))
            .Then(new RunEvent.StepFailed(SecondNode, Unreachable with { Attempt = 4 }, RetryAt: null));
        var healed = Failed().Then(Ada, new RunEvent.StepRetried(SecondNode)).Then(Done(SecondNode));
        var left = Failed()
            .Then(Ada, new RunEvent.CancelAsked("the node is broken"))
            .Then(new RunEvent.Ended(RunState.Failed, "given up by @ada: the node is broken"));

        string[] comments =
        [
            IncidentText.Again(again.Run, again.Run.FindStep(SecondNode)!),
            IncidentText.Healed(healed.Run, healed.Run.FindStep(SecondNode)!),
            IncidentText.Left(left.Run),
        ];

        Rendered.Visible(string.Join("\n----\n", comments)).ShouldMatchSnapshot("issue-comments");
    }
}
