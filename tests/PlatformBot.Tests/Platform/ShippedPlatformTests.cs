using System.Text.RegularExpressions;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runbooks;
using Shouldly;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace PlatformBot.Tests.Platform;

/// <summary>What is shipped in commands/ and deploy/.</summary>
public sealed partial class ShippedPlatformTests
{
    private const string Checkout = "/checkout";

    [Fact]
    public void Every_runbook_reads_without_a_problem() =>
        Catalogue
            .Read(Path.Combine(Repository.Root, "commands"))
            .Problems.Select(problem => problem.ToString())
            .ShouldBeEmpty();

    [Theory]
    [InlineData("all")]
    [InlineData("infra")]
    [InlineData("apps")]
    public void The_bootstrap_can_be_planned_for(string cluster) => Bootstrap(cluster).Phases.ShouldNotBeEmpty();

    [Fact]
    public void Only_what_takes_over_nodes_disks_names_loses_traces_or_cuts_callers_off_asks_for_an_approval()
    {
        var destructive = Bootstrap("all").Steps.Where(step => step.Destructive is not null).ToArray();

        destructive
            .Select(step => Made(step.Id))
            .Distinct()
            .ShouldBe(
                [
                    "stage-node",
                    "convert-node",
                    "stage-canary",
                    "convert-canary",
                    "wipe-disk",
                    "rook-cluster",
                    "external-dns",
                    "jaeger-persistence",
                    "authz-enforce",
                ],
                ignoreOrder: true
            );
        destructive.Where(step => step.Node is not null).Select(step => step.Node).Distinct().Count().ShouldBe(6);
        destructive.Count(step => Made(step.Id) == "wipe-disk").ShouldBe(6);
        destructive.Length.ShouldBe(24);
    }

    [Fact]
    public void No_other_node_is_staged_before_the_canary_has_come_back() =>
        Bootstrap("all")
            .Steps.Where(step => Made(step.Id) == "stage-node")
            .ShouldAllBe(step => step.Needs.Contains("apps/convert-canary/apps-03"));

    [Fact]
    public void No_disk_is_wiped_before_all_were_looked_at_and_none_under_an_OSD()
    {
        var wipes = Bootstrap("all").Steps.Where(step => Made(step.Id) == "wipe-disk").ToArray();

        wipes.ShouldAllBe(step => step.Needs.Contains($"{step.Cluster}/ceph-disks"));
        wipes.ShouldAllBe(step => step.Irreversible);
        wipes.ShouldAllBe(step => Commands(step).First().Contains("--for=delete"));
    }

    [Theory]
    [InlineData("infra")]
    [InlineData("apps")]
    public void Rook_is_given_exactly_the_disks_of_the_inventory(string cluster)
    {
        var devices = File.ReadAllText(
            Path.Combine(
                Repository.Root,
                $"deploy/platform/kubernetes/infrastructure/storage/rook-ceph/cluster/overlays/{cluster}/devices.yaml"
            )
        );
        var wiped = Bootstrap(cluster)
            .Steps.Where(step => Made(step.Id) == "wipe-disk")
            .Select(step => Commands(step).Single(argv => argv.Contains("wipe-disk"))[^1].Split('=')[1])
            .ToArray();

        wiped.Length.ShouldBe(3);
        wiped.ShouldAllBe(disk => devices.Contains($"- name: /dev/disk/by-id/{disk}\n", StringComparison.Ordinal));
        devices.Split("/dev/disk/by-id/").Length.ShouldBe(4);
    }

    [Fact]
    public void One_cluster_alone_is_not_linked_and_the_plan_says_so()
    {
        var plan = Bootstrap("infra");

        plan.Steps.ShouldNotContain(step =>
            step.Id.Contains("link", StringComparison.Ordinal) && !step.Id.Contains("linkerd", StringComparison.Ordinal)
        );
        plan.Notes.ShouldContain(note => note.Contains("link-to-apps", StringComparison.Ordinal));
    }

    /// <summary>Killed between the copying and the commit: whoever looks only at the files takes it for done.</summary>
    [Fact]
    public void A_tree_that_is_copied_but_not_committed_is_not_taken_for_done() =>
        Bootstrap("all")
            .Steps.Single(step => step.Id == "push-tree")
            .Probe.OfType<PlannedCheck.Run>()
            .ShouldContain(check => check.Command.TakeLast(2).SequenceEqual(new[] { "status", "--porcelain=v1" }));

    /// <summary>Killed between an edit and its commit: git pulls into a checkout with changes in no other way.</summary>
    [Fact]
    public void Whatever_pulls_carries_an_edit_over_that_was_cut_off() =>
        Bootstrap("all")
            .Steps.SelectMany(Commands)
            .Where(command => command.Contains("pull"))
            .ShouldAllBe(command => command.Contains("--autostash"));

    [Fact]
    public void Whatever_commits_holds_the_lock_of_the_repository() =>
        Bootstrap("all")
            .Steps.Where(step => Commands(step).Any(argv => argv[0] == "git" && argv.Contains("push")))
            .ShouldAllBe(step => step.Lock == "git-repo");

    [Fact]
    public void Whatever_may_print_a_secret_is_never_shown()
    {
        var tools = Catalogue.Read(Path.Combine(Repository.Root, "commands")).Catalogue!.Tools;

        foreach (var argv in Bootstrap("all").Steps.SelectMany(Commands).Where(argv => argv[0] == "op"))
        {
            var reads = argv.Contains("item") || argv.Contains("inject") || argv.Contains("read");
            tools.IsSensitive(argv).ShouldBe(reads, string.Join(' ', argv));
        }
    }

    [Fact]
    public void Every_file_of_the_checkout_that_a_step_names_is_shipped()
    {
        var named = Bootstrap("all")
            .Steps.SelectMany(Commands)
            .SelectMany(argv => argv)
            .Select(argument => CheckoutFile().Match(argument).Groups["path"].Value)
            .Where(path => path.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .ToArray();

        named.Length.ShouldBeGreaterThan(10);
        named.Where(path => !File.Exists(Path.Combine(Repository.Root, "deploy/platform", path))).ShouldBeEmpty();
    }

    [Fact]
    public void Every_release_names_a_phase_file_that_defines_the_Kustomization_it_waits_for()
    {
        var releases = Bootstrap("all")
            .Steps.Where(step => Commands(step).Any(argv => argv is ["yq", "-i", ..]))
            .ToArray();

        foreach (var release in releases)
        {
            var text = string.Join(' ', Commands(release).SelectMany(argv => argv));
            var file = PhaseFile().Match(text).Value;
            var waited = release
                .Verify.OfType<PlannedCheck.Wait>()
                .First(wait => wait.For.Object.Kind == "Kustomization")
                .For.Object.Name;

            Documents(Path.Combine(Repository.Root, "deploy/platform/kubernetes/clusters", release.Cluster!, file))
                .Select(document => document["metadata"]["name"].ToString())
                .ShouldContain(waited, release.Id);
        }

        releases.Length.ShouldBeGreaterThan(15);
    }

    [Fact]
    public void Every_path_that_Flux_is_given_is_a_kustomization_in_the_tree()
    {
        foreach (
            var file in Repository
                .Files("deploy/platform/kubernetes/clusters", "*.yaml")
                .Where(file => file.Contains("/phases/", StringComparison.Ordinal))
        )
        {
            foreach (
                var document in Documents(file)
                    .Where(document => document["spec"]["sourceRef"]["name"].ToString() == "flux-system")
            )
            {
                var path = document["spec"]["path"].ToString()["./".Length..];
                File.Exists(Path.Combine(Repository.Root, "deploy/platform", path, "kustomization.yaml"))
                    .ShouldBeTrue($"{file}: {path}");
            }
        }
    }

    [Fact]
    public void Every_file_that_a_kustomization_lists_exists()
    {
        // The directory flux-system is made by `flux bootstrap`.
        foreach (var file in Repository.Files("deploy", "kustomization.yaml"))
        {
            foreach (
                var resource in Documents(file).Single().Children.TryGetValue("resources", out var list)
                    ? ((YamlSequenceNode)list).Select(item => item.ToString())
                    : []
            )
            {
                var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, resource));
                (resource == "flux-system" || Path.Exists(path)).ShouldBeTrue($"{file}: {resource}");
            }
        }
    }

    [Fact]
    public void Every_manifest_parses()
    {
        var files = Repository.Files("deploy", "*.yaml").ToArray();

        files.Length.ShouldBeGreaterThan(60);
        files.ShouldAllBe(file => Documents(file).Any());
    }

    [Fact]
    public void No_file_carries_a_secret()
    {
        var found =
            from file in Repository.Files("deploy").Concat(Repository.Files("commands"))
            from line in File.ReadLines(file)
            where SecretLooking().IsMatch(line)
            select $"{Path.GetRelativePath(Repository.Root, file)}: {line.Trim()}";

        found.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("  password: hunter2")]
    [InlineData("  MM_TOKEN=abcdefgh1234")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----")]
    [InlineData("token: ghp_0123456789abcdef0123456789abcdef0123")]
    public void The_search_for_secrets_finds_one(string line) => SecretLooking().IsMatch(line).ShouldBeTrue();

    [Theory]
    [InlineData("  token: op://Prod/infra-talos/CLUSTER_TOKEN")]
    [InlineData("    - secretKey: CF_API_TOKEN")]
    [InlineData("    existingSecretAdminPassword: harbor-core")]
    [InlineData("  secretKeyRef: { name: platformbot, key: mattermost-token }")]
    [InlineData("  PASSWORD_FILE: /run/secrets/postgres-password")]
    [InlineData("  POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it in .env}")]
    public void The_search_for_secrets_lets_references_pass(string line) =>
        SecretLooking().IsMatch(line).ShouldBeFalse();

    internal static Plan Bootstrap(string cluster, PlanPaths? paths = null)
    {
        var catalogue = Catalogue.Read(Path.Combine(Repository.Root, "commands")).Catalogue;
        catalogue.ShouldNotBeNull();
        catalogue.Find("bootstrap").Ok(out var runbook, out var refusal).ShouldBeTrue(refusal?.Reason);
        var bound = Arguments.Bind(runbook!, catalogue.Inventory, [cluster]);
        bound.Ok(out var arguments, out refusal).ShouldBeTrue(refusal?.Reason);

        var planned = Planner.Plan(
            catalogue,
            runbook!,
            arguments!,
            paths ?? new PlanPaths(Repository.Root, Checkout, "/runtime")
        );
        planned.Ok(out var plan, out refusal).ShouldBeTrue(refusal?.Reason);
        return plan!;
    }

    /// <summary>"infra/convert-node/infra-01" → "convert-node"</summary>
    private static string Made(string id) => id.Split('/') is [_, var step, ..] ? step : id;

    internal static IEnumerable<IReadOnlyList<string>> Commands(PlannedStep step)
    {
        var action = step.Action switch
        {
            PlannedAction.Run run => run.Commands,
            PlannedAction.Pipe pipe => pipe.Commands,
            _ => [],
        };

        return action.Concat(step.Probe.Concat(step.Verify).OfType<PlannedCheck.Run>().Select(check => check.Command));
    }

    private static IEnumerable<YamlMappingNode> Documents(string file)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(file)));
        return stream.Documents.Select(document => document.RootNode).OfType<YamlMappingNode>();
    }

    [GeneratedRegex("^@?/checkout/(?<path>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CheckoutFile();

    [GeneratedRegex(@"phases/[a-z0-9-]+\.yaml", RegexOptions.None, 1000)]
    private static partial Regex PhaseFile();

    /// <summary>A value after password, token, secret or key that is neither a reference nor a name of a file or variable; or a token or key by its form. What begins with "existing" names a Secret.</summary>
    [GeneratedRegex(
        @"PRIVATE KEY-----|gh[pousr]_[A-Za-z0-9]{30,}|(?<!existing\w*)(?i:password|passwd|[-_]token|(?<!- |existing\w*)secret[-_]?key)\s*[:=]\s*[""']?(?!op://|/|\$|\{|true|false|admin-)[A-Za-z0-9+/_.-]{6,}",
        RegexOptions.None,
        1000
    )]
    private static partial Regex SecretLooking();
}
