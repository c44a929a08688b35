using PlatformBot.Core.Journals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using Shouldly;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>A run that is over, and its journal: was everything in order?</summary>
internal sealed record Story(Run Run, IReadOnlyList<Entry> Entries)
{
    /// <summary>Ids of the steps in the order of their attempts.</summary>
    public IReadOnlyList<string> Starts =>
        [.. Entries.Select(entry => entry.What).OfType<RunEvent.StepStarted>().Select(start => start.Step)];

    /// <summary>Looked at after each entry: nothing began before what it needs was settled, and never more at once than the plan and its locks allow.</summary>
    public void ShouldBeInOrder()
    {
        var plan = Run.Plan;
        var steps = plan.Steps.ToDictionary(step => step.Id);
        var working = new HashSet<PlannedStep>();
        var run = Run.Begin(Entries[0])!;

        foreach (var entry in Entries.Skip(1))
        {
            if (entry.What is RunEvent.StepStarted start)
                steps[start.Step].Needs.ShouldAllBe(need => run.IsSettled(need), $"{start.Step} began too early");

            run = run.Fold(entry);
            working.RemoveWhere(step => run.At(step).State is not (StepState.Running or StepState.Verifying));

            if (entry.What is RunEvent.StepStarted { Step: var id } && steps[id].Action is not PlannedAction.Manual)
                working.Add(steps[id]);

            working.Count.ShouldBeLessThanOrEqualTo(plan.Parallel);

            foreach (var holder in Acting(run).Where(step => step.Lock is not null).CountBy(step => step.Lock!))
                holder.Value.ShouldBe(1, holder.Key);

            foreach (var cluster in working.CountBy(step => step.Cluster!))
                cluster.Value.ShouldBeLessThanOrEqualTo(plan.ParallelPerCluster, cluster.Key);
        }

        run.AllSettled.ShouldBeTrue();
        run.State.ShouldBe(RunState.Succeeded);

        // People act too; whoever proves something does not any more.
        IEnumerable<PlannedStep> Acting(Run now) =>
            plan.Steps.Where(step => now.At(step).State is StepState.Running or StepState.RollingBack);
    }
}
