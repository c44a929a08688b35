using PlatformBot.Core.Planning;
using PlatformBot.Core.Tests.Runbooks;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Planning;

/// <summary>A step that calls another runbook becomes that runbook's steps.</summary>
public sealed class CallTests
{
    private const string Health = """
        command: health
        summary: Looks at everything
        arguments:
          - { name: cluster, type: cluster }
          - { name: depth, type: choice, values: [short, deep], default: short }
        access: { run: operator }
        locks: ["looking/${{ cluster.name }}"]
        phases:
          - phase: tools
            title: Tools
            steps:
              - { step: helm-there, run: [helm, version, "${{ arguments.depth }}"], proves-itself: true }
          - phase: look
            title: Look
            each: cluster
            steps:
              - { step: nodes, run: [helm, "${{ cluster.name }}"], proves-itself: true }
              - { step: pods, needs: [], run: [helm, list], proves-itself: true }
        """;

    private const string Upgrade = """
        - { step: before, call: health }
        - { step: upgrade, run: [helm, upgrade], proves-itself: true }
        - { step: after, title: And again, call: health, arguments: { depth: deep } }
        - { step: done, run: [helm, list], proves-itself: true }
        """;

    [Fact]
    public void The_called_steps_stand_in_its_place_and_what_waits_for_it_waits_for_all_of_them()
    {
        using var folder = Calling(Upgrade);

        Told(folder.Plan("infra"))
            .ShouldBe([
                "infra/before.helm-there <- ",
                "infra/before.nodes <- infra/before.helm-there",
                "infra/before.pods <- infra/before.helm-there",
                "infra/upgrade <- infra/before.helm-there infra/before.nodes infra/before.pods",
                "infra/after.helm-there <- infra/upgrade",
                "infra/after.nodes <- infra/after.helm-there",
                "infra/after.pods <- infra/after.helm-there",
                "infra/done <- infra/after.helm-there infra/after.nodes infra/after.pods",
            ]);
    }

    [Fact]
    public void They_are_of_the_callers_plan_its_phase_cluster_and_locks_with_the_arguments_of_the_call()
    {
        using var folder = Calling(Upgrade);

        var plan = folder.Plan("all");

        plan.Steps.ShouldAllBe(step => step.Phase == $"{step.Cluster}/foundation");
        plan.Locks.ShouldBe(["cluster/apps", "cluster/infra", "looking/apps", "looking/infra"]);
        Command(plan, "apps/before.helm-there").ShouldBe("helm version short");
        Command(plan, "apps/after.helm-there").ShouldBe("helm version deep");
        Command(plan, "apps/after.nodes").ShouldBe("helm apps");
        plan.Steps.Single(step => step.Id == "apps/after.nodes").Source.ShouldStartWith("commands/health.yaml:");
        plan.Digest.ShouldNotBe(
            folder.With("health.yaml", Health.Replace("list]", "ls]", StringComparison.Ordinal)).Plan("all").Digest
        );
    }

    [Fact]
    public void What_is_in_turn_waits_for_all_of_the_one_before()
    {
        using var folder = Calling(
            """
            - { step: roll, each: node in cluster.nodes, in-turn: true, run: [helm, "${{ node.name }}"], proves-itself: true }
            - { step: check, each: node in cluster.nodes, in-turn: true, call: health }
            """
        );

        var told = Told(folder.Plan("infra"));

        told.ShouldContain("infra/roll/infra-02 <- infra/roll/infra-01");
        told.ShouldContain("infra/check/infra-01.helm-there <- infra/roll/infra-01 infra/roll/infra-02");
        told.ShouldContain("infra/check/infra-02.nodes <- infra/check/infra-02.helm-there");
        told.Single(line => line.StartsWith("infra/check/infra-02.helm-there", StringComparison.Ordinal))
            .ShouldEndWith(
                "infra/check/infra-01.helm-there infra/check/infra-01.nodes infra/check/infra-01.pods infra/roll/infra-01 infra/roll/infra-02"
            );
    }

    [Theory]
    [InlineData("- { step: a, call: helth }", "There is no runbook 'helth'. Did you mean 'health'?")]
    [InlineData(
        "- { step: a, call: health, arguments: { deph: deep } }",
        "'health' has no argument 'deph'. Did you mean 'depth'?"
    )]
    [InlineData(
        "- { step: a, call: health, arguments: { depth: deeper } }",
        "'deeper' is not allowed for 'depth'. Did you mean 'deep'? Allowed: short, deep."
    )]
    [InlineData("- { step: a, call: bootstrap }", "These runbooks call each other: bootstrap → bootstrap.")]
    [InlineData(
        "- { step: a, call: health, timeout: 5m }",
        "A step that calls a runbook has no 'timeout'. The called runbook's steps say it."
    )]
    [InlineData(
        "- { step: a, run: [helm], proves-itself: true, arguments: { depth: deep } }",
        "'arguments' has no meaning without 'call'."
    )]
    [InlineData("- { step: a, run: [helm], proves-itself: true, in-turn: true }", "'in-turn' needs 'each'.")]
    public void A_call_that_cannot_be_is_said_where_it_stands(string step, string problem)
    {
        using var folder = new CatalogueFolder().WithSteps(step).With("health.yaml", Health);

        folder
            .Problems()
            .ShouldHaveSingleItem()
            .ShouldMatch(
                $"^commands/bootstrap\\.yaml:12:\\d+: {System.Text.RegularExpressions.Regex.Escape(problem)}$"
            );
    }

    [Fact]
    public void A_needed_argument_that_nobody_gives_is_missed()
    {
        using var folder = new CatalogueFolder()
            .WithSteps("- { step: a, call: drain }")
            .With(
                "drain.yaml",
                """
                command: drain
                summary: Empties a node
                arguments: [{ name: node, type: node }]
                phases:
                  - phase: drain
                    title: Drain
                    steps: [{ step: d, run: [helm, "${{ arguments.node.name }}"], proves-itself: true }]
                """
            );

        folder
            .Problems()
            .ShouldBe([
                "commands/bootstrap.yaml:12:26: 'drain' needs 'node'. Give it in 'arguments'. Usage: drain <node>",
            ]);
    }

    [Fact]
    public void Nobody_gets_around_an_approval_by_calling()
    {
        const string Reset = """
            command: reset
            summary: Wipes a cluster
            arguments: [{ name: cluster, type: cluster }]
            approval: { quorum: 2 }
            phases:
              - phase: wipe
                title: Wipe
                each: cluster
                steps:
                  - { step: wipe, run: [helm], destructive: wipes it, probe: [{ run: [helm] }], verify: [{ run: [helm] }] }
            """;
        using var weak = new CatalogueFolder().WithSteps("- { step: a, call: reset }").With("reset.yaml", Reset);
        using var strong = new CatalogueFolder()
            .WithSteps("- { step: a, call: reset }", "approval: { quorum: 2 }")
            .With("reset.yaml", Reset);

        weak.Problems()
            .ShouldBe([
                "commands/bootstrap.yaml:12:26: 'reset' destroys something, and wants 2 approvals by people with the role approver; 'bootstrap' wants less, or others. Give it the same 'approval', 'access' and 'on-failure'.",
            ]);
        strong.Plan("infra").Steps.Single().Destructive.ShouldBe("wipes it");
    }

    private static CatalogueFolder Calling(string steps) =>
        new CatalogueFolder().WithSteps(steps).With("health.yaml", Health);

    private static string Command(Plan plan, string step) =>
        string.Join(' ', ((PlannedAction.Run)plan.Steps.Single(it => it.Id == step).Action).Commands.Single());

    private static IReadOnlyList<string> Told(Plan plan) =>
        [.. plan.Steps.Select(step => $"{step.Id} <- {string.Join(' ', step.Needs)}")];
}
