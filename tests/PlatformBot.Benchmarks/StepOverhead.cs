using Microsoft.Extensions.Logging.Abstractions;
using PlatformBot.Core;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;
using PlatformBot.Storage;

namespace PlatformBot.Benchmarks;

/// <summary>What a step costs besides its work: scheduling, folding, and three entries on the disk before anything follows from them.</summary>
internal static class StepOverhead
{
    private const int Count = 500;
    private const int Times = 5;

    private static readonly Person Ada = new("ada", "ada");

    public static async Task MeasureAsync(Report report, CancellationToken cancellationToken)
    {
        var chain = Steps(Count, n => n == 0 ? [] : [Id(n - 1)]);
        report.Row($"{Count} steps, one after the other: per step", await RunAsync(chain, cancellationToken));

        var wide = Steps(Count, _ => []);
        report.Row($"{Count} steps, 8 at a time: per step", await RunAsync(wide, cancellationToken));
    }

    private static async Task<List<TimeSpan>> RunAsync(PlannedStep[] steps, CancellationToken cancellationToken)
    {
        var whole = await Stopwatches.TimeAsync(
            warmUp: 1,
            Times,
            _ => CarryAsync(PlanOf(steps), new NoWork(), _ => Task.CompletedTask, cancellationToken)
        );
        return [.. whole.Select(time => time / steps.Length)];
    }

    /// <param name="meanwhile">what happens while the run does</param>
    internal static async Task CarryAsync(
        Plan plan,
        IStepActions work,
        Func<LiveRun, Task> meanwhile,
        CancellationToken cancellationToken
    )
    {
        var folder = Directory.CreateTempSubdirectory("benchmark-").FullName;

        await using (var journal = new SqliteJournal(Path.Combine(folder, "journal.sqlite"), TimeProvider.System))
        {
            using var locks = new StepLocks();
            using var turns = new RunLocks();
            var opened = await journal.OpenRunAsync(Ada, new RunEvent.Planned(plan, "ops"));
            using var live = new LiveRun(Run.Begin(opened)!, journal, TimeProvider.System);
            var standing = new Standing(new Nobody(), new Access(), TimeSpan.Zero, TimeProvider.System);
            var guard = new ApprovalGuard(standing, PlanJson.DigestOf, new NoInputs());
            using var ledger = new LiveLedger(journal, TimeProvider.System);
            var freezes = new FreezeBook([], ledger, TimeProvider.System);
            using var engine = new RunEngine(
                live,
                work,
                guard,
                locks,
                turns,
                freezes,
                TimeProvider.System,
                NullLogger.Instance
            );
            await Task.WhenAll(engine.ContinueAsync(cancellationToken), meanwhile(live));

            if (live.Now.State is not RunState.Succeeded)
                throw new InvalidOperationException($"The run is {live.Now.State}.");
        }

        Directory.Delete(folder, recursive: true);
    }

    internal static string Id(int n) => $"infra/step-{n}";

    internal static PlannedStep[] Steps(int count, Func<int, string[]> needs) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(n => new PlannedStep
                {
                    Id = Id(n),
                    Phase = $"infra/phase-{n / 100}",
                    Title = $"Step {n}",
                    Cluster = "infra",
                    Needs = needs(n),
                    Action = new PlannedAction.Run(
                        [
                            ["true"],
                        ],
                        new Dictionary<string, string>(),
                        Sensitive: false
                    ),
                    Probe = [new PlannedCheck.Run(["false"])],
                    Verify = [new PlannedCheck.Run(["true"])],
                    Repeatable = false,
                    Timeout = TimeSpan.FromMinutes(10),
                    Attempts = 1,
                    Backoff = TimeSpan.FromSeconds(20),
                    Source = "benchmark.yaml:1",
                }),
        ];

    internal static Plan PlanOf(PlannedStep[] steps) =>
        new Plan
        {
            Command = "benchmark",
            Summary = "Steps that do nothing",
            Arguments = [],
            Access = new AccessRule("operator", "approver"),
            Approval = new ApprovalRule("phase", 1, TimeSpan.FromHours(4)),
            Locks = [],
            Parallel = 8,
            ParallelPerCluster = 8,
            Phases =
            [
                .. steps
                    .GroupBy(step => step.Phase)
                    .Select(group => new PlannedPhase(group.Key, group.Key, group.Key, "infra", [.. group])),
            ],
            Notes = [],
            Digest = "benchmark",
        };

    /// <summary>Nothing here is destructive: nobody is asked for.</summary>
    internal sealed class Nobody : IPeople
    {
        public Task<Account?> FindAsync(string idOrName, CancellationToken cancellationToken) =>
            Task.FromResult<Account?>(null);

        public Task<Account?> AskAsync(string id, CancellationToken cancellationToken) =>
            Task.FromResult<Account?>(null);

        public Task<Result<Circle>> FindCircleAsync(
            string kind,
            string name,
            string? id,
            CancellationToken cancellationToken
        ) => Task.FromResult<Result<Circle>>(new Refusal("There are no circles.", ""));

        public Task<bool> IsInAsync(Circle circle, string id, CancellationToken cancellationToken) =>
            Task.FromResult(false);
    }

    /// <summary>Every probe finds something to do, every action does nothing, every check holds.</summary>
    internal sealed class NoWork : IStepActions
    {
        public Task<ActionOutcome> ActAsync(PlannedStep step, StepObserver observer, CancellationToken cancelled) =>
            Task.FromResult(new ActionOutcome(Verdict.Done, "exit 0"));

        public Task<CheckOutcome> CheckAsync(PlannedCheck check, CancellationToken cancelled) =>
            Task.FromResult(new CheckOutcome(check is PlannedCheck.Run { Command: ["true"] }, "exit 0"));

        public Task<CheckOutcome> UntilAsync(PlannedWait wait, Action<string> progress, CancellationToken cancelled) =>
            throw new NotSupportedException("Nothing waits here.");

        public Task<IReadOnlyList<ApplyPreview>> PreviewAsync(PlannedAction.Apply apply, CancellationToken cancelled) =>
            Task.FromResult<IReadOnlyList<ApplyPreview>>([]);

        public Task<string> DiagnoseAsync(PlannedStep step, CancellationToken cancelled) => Task.FromResult("");

        public Task EndLeftoversAsync(IReadOnlyList<ProcessFact> processes) => Task.CompletedTask;

        public IReadOnlyList<string> MissingTools(Plan plan) => [];
    }
}
