using System.Runtime.CompilerServices;
using PlatformBot.Core.Incidents;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runbooks;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Tests.Runs;
using Shouldly;

namespace PlatformBot.Core.Tests.Chat;

/// <summary>Runs of the small platform beside this file, each stopped where there is something to show.</summary>
internal static class PlatformRuns
{
    public const string SecondNode = "infra/convert-node/infra-02";
    public const string Digest = "8f14e45fceea167a5a36dedd4bea2543ce114e45fceea167a5a36dedd4bea254";

    public static readonly Person Ada = new("u-ada", "ada");
    public static readonly Person Grace = new("u-grace", "grace");

    private static readonly IssueLink Issue = new(17, "https://github.example/platform/issues/17");

    /// <summary>What went wrong with the second node, as the step's runner writes it.</summary>
    public static readonly Failure Unreachable = new(
        Attempt: 3,
        "exit 1: error constructing client: rpc error: code = Unavailable: dial tcp 10.25.11.12:50000: i/o timeout",
        "talosctl --talosconfig /run/bot/talos/old.yaml --nodes 10.25.11.12 --endpoints 10.25.11.12 reset --graceful=false --reboot --system-labels-to-wipe EPHEMERAL --wait=false",
        ExitCode: 1,
        "waiting for 10.25.11.12\nerror constructing client: rpc error: code = Unavailable: dial tcp 10.25.11.12:50000: i/o timeout",
        "The node does not answer. Look at its console.",
        """
        ### Pods that are not well

        - `kube-system/cilium-x7k2p` on infra-02: ImagePullBackOff
        - `kube-system/coredns-5d7` on infra-01: Pending

        ### Events

        | when | what |
        |---|---|
        | 09:14 | Failed to pull image "quay.io/cilium/cilium:v1.18.3" |
        """
    );

    public static Catalogue Catalogue([CallerFilePath] string here = "")
    {
        var (catalogue, problems) = Core.Runbooks.Catalogue.Read(
            Path.Combine(Path.GetDirectoryName(here)!, "Platform", "commands")
        );
        problems.ShouldBeEmpty();
        return catalogue!;
    }

    /// <summary>With a digest that stands still when the format of plans grows.</summary>
    public static Plan Plan(params string[] words)
    {
        var catalogue = Catalogue();
        catalogue.Find("bootstrap").Ok(out var runbook, out _).ShouldBeTrue();
        Arguments.Bind(runbook!, catalogue.Inventory, words).Ok(out var bound, out _).ShouldBeTrue();
        Planner
            .Plan(catalogue, runbook!, bound!, new PlanPaths("/srv/platform", "/srv/gitops", "/run/bot"))
            .Ok(out var plan, out var refusal)
            .ShouldBeTrue($"{refusal}");
        return plan! with { Digest = Digest };
    }

    public static Chronicle Planned(params string[] words) => new(Plan(words), Ada);

    /// <summary>Both clusters; the approvals of what is destructive are asked for.</summary>
    public static Chronicle Asked(int quorum = 1)
    {
        var told = Planned("all");
        return told.Then(
            new RunEvent.ApprovalAsked("infra/foundation", Digest, quorum, told.Now.AddHours(4)),
            new RunEvent.ApprovalAsked("apps/foundation", Digest, quorum, told.Now.AddHours(4))
        );
    }

    public static Chronicle Approved() =>
        Asked().After(TimeSpan.FromMinutes(6)).Then(Grace, Yes("infra/foundation")).Then(Grace, Yes("apps/foundation"));

    /// <summary>One node is done, one is being proven, one will be tried again; one has been found done.</summary>
    public static Chronicle UnderWay() =>
        Approved()
            .Then(
                new RunEvent.StepAlreadyDone("infra/convert-node/infra-01", "talosctl: exit 0"),
                new RunEvent.StepStarted(SecondNode, 1),
                new RunEvent.StepStarted("infra/convert-node/infra-03", 1),
                new RunEvent.StepStarted("apps/convert-node/apps-01", 1)
            )
            .After(TimeSpan.FromSeconds(75))
            .Then(
                new RunEvent.StepActed("infra/convert-node/infra-03", "exit 0"),
                new RunEvent.StepFailed(SecondNode, Unreachable with { Attempt = 1 }, Later)
            );

    /// <summary>A node does not answer, for good; it is in the tracker.</summary>
    public static Chronicle Failed() =>
        UnderWay()
            .After(TimeSpan.FromMinutes(2))
            .Then(
                new RunEvent.StepStarted(SecondNode, 3),
                new RunEvent.StepFailed(SecondNode, Unreachable, RetryAt: null),
                new RunEvent.IncidentReported(SecondNode, Issue),
                new RunEvent.StepSucceeded("infra/convert-node/infra-03", "talosctl: exit 0")
            );

    /// <summary>All of infra's foundation but the router, which is a person's.</summary>
    public static Chronicle AtTheRouter()
    {
        var told = Planned("infra");
        told.Then(new RunEvent.ApprovalAsked("infra/foundation", Digest, 1, told.Now.AddHours(4)))
            .Then(Grace, Yes("infra/foundation"));

        foreach (var step in told.Run.Plan.Steps.TakeWhile(step => step.Action is not PlannedAction.Manual))
            told.Then(Done(step.Id));

        return told.After(TimeSpan.FromMinutes(18)).Then(new RunEvent.StepStarted("infra/router", 1));
    }

    public static RunEvent[] Done(string step) =>
        [
            new RunEvent.StepStarted(step, 1),
            new RunEvent.StepActed(step, "exit 0"),
            new RunEvent.StepSucceeded(step, "as expected"),
        ];

    public static Chronicle Succeeded()
    {
        var told = AtTheRouter()
            .Then(Ada, new RunEvent.EvidenceGiven("infra/router", "3 peers, all Established"))
            .Then(new RunEvent.StepActed("infra/router", "3 peers, all Established"))
            .Then(new RunEvent.StepSucceeded("infra/router", "3 peers, all Established"));

        foreach (var step in told.Run.Plan.Steps.Where(step => !told.Run.IsSettled(step.Id)))
            told.Then(Done(step.Id));

        return told.After(TimeSpan.FromMinutes(12)).Then(new RunEvent.Ended(RunState.Succeeded, null));
    }

    public static RunEvent.Voted Yes(string phase) =>
        new(phase, Core.Approvals.Decision.Approve, Digest, null, "button");

    public static RunEvent.Voted No(string phase, string why) =>
        new(phase, Core.Approvals.Decision.Deny, Digest, why, "dialog");

    private static readonly DateTimeOffset Later = new(2026, 11, 21, 9, 8, 0, TimeSpan.Zero);
}
