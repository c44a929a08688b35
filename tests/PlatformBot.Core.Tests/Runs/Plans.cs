using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>Small plans for tests.</summary>
internal static class Plans
{
    public static Plan Of(params PlannedStep[] steps) =>
        new()
        {
            Command = "bootstrap",
            Summary = "for a test",
            Arguments = [new Argument("cluster", "infra")],
            Access = new AccessRule("operator", "approver"),
            Approval = new ApprovalRule("phase", 1, TimeSpan.FromHours(4)),
            Locks = ["cluster/infra"],
            Parallel = 8,
            ParallelPerCluster = 4,
            Phases =
            [
                .. steps
                    .GroupBy(step => step.Phase)
                    .Select(group => new PlannedPhase(group.Key, group.Key, group.Key, "infra", [.. group])),
            ],
            Notes = [],
            Digest = "d1",
        };

    public static PlannedStep Step(string id, params string[] needs) =>
        new()
        {
            Id = id,
            Phase = "foundation",
            Title = id,
            Cluster = "infra",
            Needs = needs,
            Action = new PlannedAction.Run(
                [
                    [id],
                ],
                new Dictionary<string, string>(),
                Sensitive: false
            ),
            Probe = [],
            Verify = [],
            Repeatable = false,
            Timeout = TimeSpan.FromMinutes(10),
            Attempts = 1,
            Backoff = TimeSpan.FromSeconds(20),
            Source = "test.yaml:1",
        };

    /// <summary>A step whose way back is the command "undo" with its name.</summary>
    public static PlannedStep Undoable(string id, params string[] needs) =>
        Step(id, needs) with
        {
            Rollback = new PlannedRollback(
                new PlannedAction.Run(
                    [
                        ["undo", id],
                    ],
                    new Dictionary<string, string>(),
                    Sensitive: false
                ),
                [],
                Destructive: null,
                TimeSpan.FromMinutes(5)
            ),
        };

    /// <summary>Commands one after the other, their words parted by blanks.</summary>
    public static PlannedAction.Run Commands(params string[] commands) =>
        new([.. commands.Select(command => command.Split(' '))], new Dictionary<string, string>(), Sensitive: false);

    public static PlannedCheck Probe(string what) => new PlannedCheck.Run([what]);
}
