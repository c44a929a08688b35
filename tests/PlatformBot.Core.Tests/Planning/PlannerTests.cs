using PlatformBot.Core.Planning;
using PlatformBot.Core.Runbooks;
using PlatformBot.Core.Tests.Runbooks;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Planning;

public sealed class PlannerTests
{
    private const string Steps = """
        - { step: prepare, run: [helm, "${{ cluster.name }}"], proves-itself: true }
        - { step: canary, each: node in cluster.canaries, run: [helm, "${{ node.name }}"], proves-itself: true }
        - { step: convert, each: node in cluster.nodes, run: [helm, "${{ node.address }}", "${{ cluster.nodes.address }}", "${{ cluster.nodes.name... }}"], proves-itself: true, needs: [canary] }
        - { step: link, on: infra, beside: apps, run: [helm], proves-itself: true, needs: [apps/convert/apps-02] }
        - { step: last, run: [helm, "${{ versions.cilium }}", "${{ clusters.infra.vip }}"], proves-itself: true, needs: [convert] }
        """;

    [Fact]
    public void Steps_wait_for_what_they_name_and_else_for_the_step_before()
    {
        using var folder = new CatalogueFolder().WithSteps(Steps);

        Told(folder.Plan("all"))
            .ShouldBe([
                "infra/prepare <- ",
                "infra/convert/infra-01 <- infra/prepare",
                "infra/convert/infra-02 <- infra/prepare",
                "infra/link <- apps/convert/apps-02",
                "infra/last <- infra/convert/infra-01 infra/convert/infra-02",
                "apps/prepare <- ",
                "apps/canary/apps-02 <- apps/prepare",
                "apps/convert/apps-01 <- apps/canary/apps-02",
                "apps/convert/apps-02 <- apps/canary/apps-02",
                "apps/last <- apps/convert/apps-01 apps/convert/apps-02",
            ]);
    }

    [Fact]
    public void What_needs_a_cluster_that_was_not_chosen_is_left_out_and_said_so()
    {
        using var folder = new CatalogueFolder().WithSteps(Steps);

        var plan = folder.Plan("infra");

        plan.Steps.Select(step => step.Id).ShouldNotContain("infra/link");
        plan.Notes.ShouldBe(["infra/link is left out, because apps was not chosen."]);
        plan.Locks.ShouldBe(["cluster/infra"]);
    }

    [Fact]
    public void What_destroys_holds_the_lock_that_only_one_run_at_a_time_has_unless_its_runbook_goes_alongside()
    {
        const string Wipes = """
            - { step: wipe, run: [helm], destructive: wipes it, probe: [{ run: [helm] }], verify: [{ run: [helm] }] }
            """;
        using var alone = new CatalogueFolder().WithSteps(Wipes);
        using var alongside = new CatalogueFolder().WithSteps(Wipes, "alongside: true");

        alone.Plan("infra").Locks.ShouldBe(["cluster/infra", "destructive"]);
        alongside.Plan("infra").Locks.ShouldBe(["cluster/infra"]);
    }

    [Fact]
    public void A_compensation_is_filled_in_and_part_of_what_is_approved()
    {
        const string Undone = """
            - { step: make, run: [helm, a], proves-itself: true, rollback: { run: [helm, undo, "${{ cluster.name }}"], destructive: "deletes ${{ cluster.name }}" } }
            """;
        using var folder = new CatalogueFolder().WithSteps(Undone);
        using var other = new CatalogueFolder().WithSteps(Undone.Replace("undo", "undo-all", StringComparison.Ordinal));

        var rollback = folder.Plan("infra").Steps.Single().Rollback.ShouldNotBeNull();
        ((PlannedAction.Run)rollback.Action).Commands.ShouldHaveSingleItem().ShouldBe(["helm", "undo", "infra"]);
        rollback.Destructive.ShouldBe("deletes infra");
        other.Plan("infra").Digest.ShouldNotBe(folder.Plan("infra").Digest);
    }

    [Fact]
    public void Values_are_filled_in_as_whole_arguments()
    {
        using var folder = new CatalogueFolder().WithSteps(Steps);

        Command(folder.Plan("infra"), "infra/convert/infra-02")
            .ShouldBe(["helm", "10.25.11.12", "10.25.11.11,10.25.11.12", "infra-01", "infra-02"]);
        Command(folder.Plan("apps"), "apps/last").ShouldBe(["helm", "1.18.3", "10.25.11.17"]);
    }

    [Fact]
    public void A_phase_waits_for_the_phase_before_and_one_without_clusters_for_all_of_them()
    {
        using var folder = new CatalogueFolder().With(
            "bootstrap.yaml",
            """
            command: bootstrap
            summary: x
            arguments: [{ name: cluster, type: cluster }, { name: from, type: phase, optional: true }]
            phases:
              - { phase: one, title: One, steps: [{ step: check, run: [helm], proves-itself: true }] }
              - { phase: two, title: Two, each: cluster, steps: [{ step: a, run: [helm], proves-itself: true }, { step: b, run: [helm], proves-itself: true, needs: [] }] }
              - { phase: three, title: Three, each: cluster, steps: [{ step: c, run: [helm], proves-itself: true }] }
              - { phase: four, title: Four, steps: [{ step: d, run: [helm], proves-itself: true }] }
            """
        );

        Told(folder.Plan("all"))
            .ShouldBe([
                "check <- ",
                "infra/a <- check",
                "infra/b <- check",
                "apps/a <- check",
                "apps/b <- check",
                "infra/c <- infra/a infra/b",
                "apps/c <- apps/a apps/b",
                "d <- apps/c infra/c",
            ]);

        var late = folder.Plan("infra", "from=three");
        Told(late).ShouldBe(["infra/c <- ", "d <- infra/c"]);
        late.Notes.ShouldBe(["Left out, because the run starts at three: one, two."]);
    }

    [Fact]
    public void Equal_inputs_give_an_equal_digest_and_any_difference_another_one()
    {
        using var here = new CatalogueFolder().WithSteps(Steps);
        using var there = new CatalogueFolder().WithSteps(Steps);
        using var changed = new CatalogueFolder().WithSteps(
            Steps.Replace("needs: [convert]", "needs: [convert], timeout: 11m", StringComparison.Ordinal)
        );

        here.Plan("all").Digest.ShouldBe(there.Plan("all").Digest);
        here.Plan("all").Digest.ShouldNotBe(here.Plan("infra").Digest);
        here.Plan("all").Digest.ShouldNotBe(changed.Plan("all").Digest);
        PlanJson.DigestOf(here.Plan("all")).ShouldBe(here.Plan("all").Digest);
    }

    [Fact]
    public void A_part_gives_a_step_its_body_and_the_step_has_the_last_word()
    {
        using var folder = new CatalogueFolder()
            .With(
                "parts/release.yaml",
                "part: release\nparameters: [name]\nstep: { timeout: 20m, lock: git, run: [helm, \"${{ with.name }}\", \"${{ cluster.name }}\"], proves-itself: true }"
            )
            .WithSteps(
                "- { step: a, uses: parts/release.yaml, timeout: 5m, with: { name: \"x-${{ cluster.vip }}\" } }"
            );

        var step = folder.Plan("infra").Steps.ShouldHaveSingleItem();

        step.Timeout.ShouldBe(TimeSpan.FromMinutes(5));
        step.Lock.ShouldBe("git");
        ((PlannedAction.Run)step.Action).Commands.ShouldHaveSingleItem().ShouldBe(["helm", "x-10.25.11.17", "infra"]);
    }

    [Fact]
    public void Manifests_are_read_as_kubectl_reads_them_and_strings_stay_strings()
    {
        using var folder = new CatalogueFolder()
            .With(
                "../deploy/x.yaml",
                """
                ---
                apiVersion: v1
                kind: Secret
                metadata: { name: s, labels: { version: "1.10", port: '80' } }
                stringData: { user: "${{ cluster.name }}" }
                ---
                apiVersion: v1
                kind: List
                items:
                  - { apiVersion: example/v1, kind: X, metadata: { name: x }, spec: { replicas: 3, ratio: 0.5, on: true, note: 1.2.3, none: ~ } }
                """
            )
            .WithSteps("- { step: a, apply: { files: [deploy/x.yaml] }, proves-itself: true }");

        ((PlannedAction.Apply)folder.Plan("infra").Steps.ShouldHaveSingleItem().Action).Objects.ShouldBe([
            """{"apiVersion":"v1","data":{"user":"aW5mcmE="},"kind":"Secret","metadata":{"labels":{"port":"80","version":"1.10"},"name":"s"}}""",
            """{"apiVersion":"example/v1","kind":"X","metadata":{"name":"x"},"spec":{"none":null,"note":"1.2.3","on":true,"ratio":0.5,"replicas":3}}""",
        ]);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("off")]
    [InlineData("0644")]
    [InlineData("1_000")]
    public void A_scalar_that_readers_disagree_about_is_a_problem(string scalar)
    {
        using var folder = new CatalogueFolder()
            .With(
                "../deploy/x.yaml",
                $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: x }}\ndata:\n  a: {scalar}\n"
            )
            .WithSteps("- { step: a, apply: { files: [deploy/x.yaml] }, proves-itself: true }");

        folder
            .Problems()
            .ShouldHaveSingleItem()
            .ShouldStartWith($"deploy/x.yaml:5:6: '{scalar}' means different things");
    }

    [Theory]
    [InlineData("all")]
    [InlineData("infra")]
    [InlineData("apps", "from=mesh")]
    public void Every_shipped_plan_is_the_same_after_a_stay_in_storage(params string[] words)
    {
        var plan = Shipped(words);

        var json = PlanJson.Write(plan);
        PlanJson.Write(PlanJson.Read(json)).ShouldBe(json);
        PlanJson.DigestOf(PlanJson.Read(json)).ShouldBe(plan.Digest);
    }

    [Fact]
    public void No_shipped_step_comes_before_one_that_it_needs_and_no_need_is_unknown()
    {
        var ids = Shipped("all").Steps.Select(step => step.Id).ToArray();

        ids.ShouldBeUnique();
        Shipped("all").Steps.SelectMany(step => step.Needs).Except(ids).ShouldBeEmpty();

        foreach (var phase in Shipped("all").Phases)
        {
            foreach (var step in phase.Steps)
            {
                phase
                    .Steps.SkipWhile(other => other.Id != step.Id)
                    .Select(other => other.Id)
                    .Intersect(step.Needs)
                    .ShouldBeEmpty(step.Id);
            }
        }
    }

    private static Plan Shipped(params string[] words)
    {
        var root = CatalogueFolder.Repository();
        var catalogue = Catalogue.Read(Path.Combine(root, "commands")).Catalogue!;
        catalogue.Find("bootstrap").Ok(out var runbook, out _).ShouldBeTrue();
        Arguments
            .Bind(runbook!, catalogue.Inventory, words)
            .Ok(out var bound, out var refusal)
            .ShouldBeTrue($"{refusal}");
        Planner
            .Plan(catalogue, runbook!, bound!, new PlanPaths(root, "/srv/gitops", "/run/bot"))
            .Ok(out var plan, out refusal)
            .ShouldBeTrue($"{refusal}");
        return plan!;
    }

    private static IEnumerable<string> Told(Plan plan) =>
        plan.Steps.Select(step => $"{step.Id} <- {string.Join(' ', step.Needs)}");

    private static IReadOnlyList<string> Command(Plan plan, string id) =>
        ((PlannedAction.Run)plan.Steps.Single(step => step.Id == id).Action).Commands[0];
}
