using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Runbooks;

public sealed class CatalogueMistakesTests
{
    private const string Fine = "- { step: a, run: [helm, list], proves-itself: true }";

    // csharpier-ignore-start - one mistake per row
    public static TheoryData<string, string> Steps =>
        new()
        {
            { "- { step: a, run: [helm, list], tiemout: 5m, proves-itself: true }",
              "commands/bootstrap.yaml:12:39: 'tiemout' is not a field of a step. Did you mean 'timeout'?" },
            { "- { step: a, run: helm list, proves-itself: true }",
              "commands/bootstrap.yaml:12:25: Here must be a command, not 'helm list'. Write [program, argument, …]; there is no shell." },
            { "- { step: a, run: [], proves-itself: true }",
              "commands/bootstrap.yaml:12:25: This command is empty. Write [program, argument, …]." },
            { "- { step: a, run: [hlem, list], proves-itself: true }",
              "commands/bootstrap.yaml:12:26: The program 'hlem' has no file in tools/. Did you mean 'helm'?" },
            { "- { step: a, run: [helm, list], timeout: 5 min, proves-itself: true }",
              "commands/bootstrap.yaml:12:48: '5 min' is not a span of time. Write 30s, 10m, 1h30m or 2d (at most 30d)." },
            { "- { step: a, manual: { ask: Look at it, remind: 30s } }",
              "commands/bootstrap.yaml:12:55: '30s' is shorter than 1m. Write 1m or more." },
            { "- { step: a, manual: { ask: Look at it, expires: 59s } }",
              "commands/bootstrap.yaml:12:56: '59s' is shorter than 1m. Write 1m or more." },
            { "- { step: a, run: [helm, list], retry: { attempts: 0 }, proves-itself: true }",
              "commands/bootstrap.yaml:12:58: 0 is not between 1 and 100." },
            { "- { step: a, run: [helm, list], proves-itself: yes }",
              "commands/bootstrap.yaml:12:54: Here must be true or false, not 'yes'." },
            { "- { step: a, run: [helm, list] }",
              "commands/bootstrap.yaml:12:17: Nothing proves that the step 'a' succeeded. Give it 'verify', or 'proves-itself: true' when the action's own success is the proof." },
            { "- { step: a, run: [helm, list], destructive: all of it, verify: [{ run: [helm, list] }] }",
              "commands/bootstrap.yaml:12:17: The step 'a' is destructive and has no 'probe'. A plan must be able to say that it is already done." },
            { "- { step: a, run: [helm], pipe: [[helm], [helm]], proves-itself: true }",
              "commands/bootstrap.yaml:12:33: The step 'a' has several actions: 'run', 'pipe'. Make a step of each." },
            { "- { step: a, delete: { object: { kind: Node, name: infra-01 } } }",
              "commands/bootstrap.yaml:12:20: The step 'a' deletes something. Say in 'destructive' what is lost with it: a second person decides about that." },
            { "- { step: a, title: Nothing, proves-itself: true }",
              "commands/bootstrap.yaml:12:9: A step has one of 'run', 'pipe', 'apply', 'patch', 'delete', 'exec', 'query', 'http', 'wait', 'manual', 'call', 'uses'." },
            { "- { step: a, run: [helm], verify: [{ run: [helm], expect: { exit: 0, contains: x } }] }",
              "commands/bootstrap.yaml:12:76: An expectation has only one of 'exit', 'contains'." },
            { "- { step: a, run: [helm], verify: [{ run: [helm], expect: { count: 0 } }] }",
              "commands/bootstrap.yaml:12:67: 'count' is about what a 'path' finds. Give the entry a 'path'." },
            { "- { step: a, http: { url: \"https://x.org/\", method: POST }, retry: { attempts: 2 }, proves-itself: true }",
              "commands/bootstrap.yaml:12:67: A request that changes something would be sent again. Say 'repeatable: true' if twice is the same as once, or leave 'retry' out." },
            { "- { step: a, files: { f: { text: x } }, run: [helm], verify: [{ run: [helm, \"${{ files.f }}\"] }] }",
              "commands/bootstrap.yaml:12:84: 'files' is not known here. Allowed: arguments, cluster, clusters, paths, versions." },
            { "- { step: a, run: [helm], verify: [{ query: up }] }",
              "commands/bootstrap.yaml:12:51: Nothing is said about what must hold. Give the query 'expect'." },
            { "- { step: a, http: { url: \"ftp://x/\" }, proves-itself: true }",
              "commands/bootstrap.yaml:12:33: 'ftp://x/' is not an address that begins with https:// or http://." },
            { "- { step: a, http: { url: \"https://ada@example.org/\" }, proves-itself: true }",
              "commands/bootstrap.yaml:12:33: 'https://ada@example.org/' is not an address that begins with https:// or http://." },
            { "- { step: a, http: { url: \"https://${{ arguments.from }}.org/\" }, proves-itself: true }",
              "commands/bootstrap.yaml:12:33: Whose address this is cannot come from what people type. Take the host from the inventory, as in https://${{ cluster.endpoint }}/." },
            { "- { step: a, http: { url: \"http://example.org/\", bearer: \"env://TOKEN\" }, proves-itself: true }",
              "commands/bootstrap.yaml:12:56: A token would go over the network in the clear. Write https://." },
            { "- { step: a, wait: { for: exists, object: { kind: Node, name: x } }, files: { x: { text: y } } }",
              "commands/bootstrap.yaml:12:76: 'files' are for the processes of 'run' and 'pipe'." },
            { "- { step: a, run: [helm], files: { x: { text: \"${{ arguments.from }}\" } }, proves-itself: true }",
              "commands/bootstrap.yaml:12:42: What people type cannot be part of a file: it might not stay what 'x' makes of it. Give it to the process as an argument." },
            { "- { step: a, run: [helm], files: { x: { template: deploy/none.js } }, proves-itself: true }",
              "commands/bootstrap.yaml:12:57: The file 'deploy/none.js' does not exist." },
            { "- { step: a, run: [helm, \"${{ cluster.vpi }}\"], proves-itself: true }",
              "commands/bootstrap.yaml:12:33: 'cluster' has no 'vpi'. Did you mean 'vip'?" },
            { "- { step: a, run: [helm, \"${{ clutser.vip }}\"], proves-itself: true }",
              "commands/bootstrap.yaml:12:33: 'clutser' is not known here. Did you mean 'cluster'?" },
            { "- { step: a, run: [helm, \"x ${{ cluster.nodes[7].name }}\"], proves-itself: true }",
              "commands/bootstrap.yaml:12:35: 'cluster.nodes' has only 2 entries. Positions count from 0." },
            { "- { step: a, run: [helm, \"${{ cluster.vip | upper }}\"], proves-itself: true }",
              "commands/bootstrap.yaml:12:33: 'cluster.vip | upper' is not a path such as cluster.nodes[0].address." },
            { "- { step: a, run: [helm, list], proves-itself: true, needs: [b] }",
              "commands/bootstrap.yaml:12:68: There is no step 'b'. Did you mean 'a'?" },
            { "- { step: a, run: [helm, list], proves-itself: true, on: inrfa }",
              "commands/bootstrap.yaml:12:64: There is no cluster 'inrfa'. Did you mean 'infra'?" },
            { "- { step: a, run: [helm, list], proves-itself: true, secrets: { TOKEN: hunter2 } }",
              "commands/bootstrap.yaml:12:78: 'hunter2' is not a reference op://vault/item/field, file://name or env://NAME." },
            { "- { step: a, run: [helm, list], proves-itself: true, each: node of cluster }",
              "commands/bootstrap.yaml:12:66: 'node of cluster' is not written 'node in cluster.nodes'." },
            { "- { step: a, wait: { for: redy, object: { kind: Node }, all: true } }",
              "commands/bootstrap.yaml:12:33: 'redy' is not ready, rollout, condition=Type, condition=Type=Value, exists, gone or jsonpath=.path=value." },
            { "- { step: a, wait: { for: rollout, object: { kind: DaemonSet, name: x } } }",
              "commands/bootstrap.yaml:12:50: A DaemonSet lives in a namespace. Say which: 'namespace'." },
            { "- { step: a, wait: { for: exists, object: { kind: Kustomization, name: x } } }",
              "commands/bootstrap.yaml:12:51: 'Kustomization' is not one of Kubernetes' own kinds. Give 'apiVersion' as well." },
            { "- { step: a, apply: { files: [deploy/none.yaml] }, proves-itself: true }",
              "commands/bootstrap.yaml:12:37: The file 'deploy/none.yaml' does not exist." },
            { "- { step: a, apply: { files: [../../etc/passwd] }, proves-itself: true }",
              "commands/bootstrap.yaml:12:37: The file '../../etc/passwd' is not a plain path inside the root folder." },
            { "- { step: a, uses: parts/none.yaml }",
              "commands/bootstrap.yaml:12:26: commands/parts/none.yaml does not exist." },
            { "- { step: a, run: [helm, list], proves-itself: true }\n- { step: a, run: [helm, list], proves-itself: true }",
              "commands/bootstrap.yaml:13:17: The step 'a' is here twice; first in commands/bootstrap.yaml:12." },
            { "- { step: a, step: b, run: [helm, list], proves-itself: true }",
              "commands/bootstrap.yaml:12:20: The key 'step' is here twice; first in line 12." },
            { "- { step: a, wait: { for: exists, object: { kind: Node } } }",
              "Which object? 'name' is missing. Or 'all: true' in a wait." },
            { "- { step: a, wait: { for: exists, object: { kind: Node, name: x }, all: true } }",
              "With 'all: true' no object is named." },
            { "- { step: a, wait: { for: exists, object: { kind: Node, name: x }, selector: a=b } }",
              "'selector' needs 'all: true'." },
            { "- { step: a, wait: { for: exists, object: { kind: Node, name: x }, cluster: aps } }",
              "There is no cluster 'aps'. Did you mean 'apps'?" },
            { "- { step: a, wait: { for: exists, object: { kind: Deploymnt, name: x } } }",
              "'Deploymnt' is not one of Kubernetes' own kinds. Did you mean 'Deployment'? Otherwise give 'apiVersion'." },
            { "- { step: a, apply: { objects: [{ apiVersion: v1, kind: Namespace, metadata: { name: x } }] }, secrets: { A: \"op://a/b/c\" }, proves-itself: true }",
              "'secrets' is for 'run' and 'pipe'." },
            { "- { step: a, wait: { for: exists, object: { kind: Node, name: x } }, sensitive: true }",
              "'sensitive' is for 'run' and 'pipe'." },
            { "- { step: a, run: [helm], destructive: all of it, probe: [{ run: [helm] }] }",
              "The step 'a' is destructive and has no 'verify'." },
            { "- { step: a, run: [helm], on-red: undo, proves-itself: true }",
              "The step 'a' is to undo itself when it cannot be proven. Give it 'verify', which says when, and 'rollback', which says how." },
            { "- { step: a, run: [helm], on-red: undo, verify: [{ run: [helm] }], rollback: { run: [helm], destructive: the data } }",
              "Its way back destroys something, and nobody is asked when it is taken. Say in 'destructive' of the step what it may destroy: its approval is for both." },
            { "- { step: a, run: [helm], holds-for: 5m, proves-itself: true }",
              "'holds-for' is about 'verify', and this step has none." },
            { "- { step: a, run: [helm], irreversible: true, proves-itself: true }",
              "'irreversible' is for what is destructive. Say in 'destructive' what it destroys." },
            { "- { step: a, run: [helm], verify: [{ run: [helm] }], proves-itself: true }",
              "A step has 'verify' or 'proves-itself', not both." },
            { "- { step: a, run: [\"${{ arguments.from }}\"], proves-itself: true }",
              "The program must be named here; it cannot be filled in." },
            { "- { step: a, each: node in cluster.name, run: [helm], proves-itself: true }",
              "'cluster.name' is 'infra', not a list." },
            { "- step: a\n\trun: [helm]",
              "commands/bootstrap.yaml:13:7: A tab indents this line. YAML is indented with spaces." },
        };
    // csharpier-ignore-end

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_mistake_in_a_step_is_told_with_its_place_and_its_cure(string steps, string told)
    {
        using var folder = new CatalogueFolder().WithSteps(steps);

        folder.Problems().ShouldContain(problem => problem.EndsWith(told, StringComparison.Ordinal));
    }

    // csharpier-ignore-start - one mistake per row
    public static TheoryData<string, string, string> Files =>
        new()
        {
            { "inventory.yaml", CatalogueFolder.Inventory.Replace("10.25.11.12", "10.25.11.412", StringComparison.Ordinal),
              "commands/inventory.yaml:8:36: '10.25.11.412' is not an IP address." },
            { "inventory.yaml", CatalogueFolder.Inventory.Replace("apps-01", "infra-01", StringComparison.Ordinal),
              "commands/inventory.yaml:13:17: Two nodes have the name 'infra-01'; first in line 7." },
            { "inventory.yaml", CatalogueFolder.Inventory.Replace("    vip: 10.25.11.18\n", "", StringComparison.Ordinal),
              "commands/inventory.yaml:9:3: The cluster 'apps' lacks what the cluster 'infra' has: 'vip'. All clusters have the same fields." },
            { "inventory.yaml", "",
              "commands/inventory.yaml:1:1: The file is empty." },
            { "inventory.yaml", "clusters: {}",
              "commands/inventory.yaml:1:11: There is no cluster in the inventory." },
            { "tools/helm.yaml", CatalogueFolder.Tool.Replace("means: done", "means: dnoe", StringComparison.Ordinal),
              "commands/tools/helm.yaml:6:59: 'dnoe' is not allowed here. Did you mean 'done'?" },
            { "tools/other.yaml", CatalogueFolder.Tool,
              "commands/tools/other.yaml:1:7: The tool 'helm' is already in commands/tools/helm.yaml." },
            { "tools/other.yml", CatalogueFolder.Tool,
              "commands/tools/other.yml:1:1: This file is not read. Name it .yaml." },
            { "status.yaml", "command: status\nsummary: x\nphases: [{ include: phases/none.yaml }]",
              "commands/status.yaml:1:10: The command 'status' is built in. Choose another name." },
            { "x.yaml", "command: x\nsummary: x\nphases: [{ include: ../secret.yaml }]",
              "commands/x.yaml:3:21: '../secret.yaml' is not a path of a .yaml file inside commands/." },
            { "x.yaml", "command: x\nphases: [",
              "commands/x.yaml:2:10: This cannot be read as YAML: While parsing a node, did not find expected node content." },
            { "x.yaml", "a: &a [1,2,3,4,5,6,7,8,9]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e]",
              "commands/x.yaml:6:5: This cannot be read as YAML: Written out, this file has more than 50000 values." },
            { "x.yaml", "command: x\n---\ncommand: y",
              "commands/x.yaml:3:1: A second YAML document starts here. One file holds one document." },
            { "phases/unused.yaml", "phase: unused\ntitel: Unused\nsteps: []",
              "commands/phases/unused.yaml:2:1: 'titel' is not a field of a phase. Did you mean 'title'?" },
        };
    // csharpier-ignore-end

    [Theory]
    [MemberData(nameof(Files))]
    public void A_mistake_in_any_file_is_told_with_its_place_and_its_cure(string file, string text, string told)
    {
        using var folder = new CatalogueFolder().WithSteps(Fine).With(file, text);

        folder.Problems().ShouldContain(told);
    }

    [Fact]
    public void A_cycle_is_shown()
    {
        using var folder = new CatalogueFolder().WithSteps(
            """
            - { step: a, run: [helm, list], proves-itself: true, needs: [apps/b], on: infra }
            - { step: b, run: [helm, list], proves-itself: true, needs: [infra/a], on: apps }
            """
        );

        folder
            .Problems()
            .ShouldBe(["commands/bootstrap.yaml:12:17: These steps wait for each other: infra/a → apps/b → infra/a."]);
    }

    [Fact]
    public void Every_mistake_in_every_file_is_told_at_once()
    {
        using var folder = new CatalogueFolder()
            .WithSteps("- { step: a, rnu: [helm, list] }\n- { step: b, run: [hlem], timeout: soon }")
            .With("tools/helm.yaml", "tool: helm");

        folder
            .Problems()
            .Select(problem => problem.Split(": ")[0])
            .ShouldBe([
                "commands/bootstrap.yaml:12:9",
                "commands/bootstrap.yaml:12:17",
                "commands/bootstrap.yaml:12:17",
                "commands/bootstrap.yaml:12:20",
                "commands/bootstrap.yaml:13:17",
                "commands/bootstrap.yaml:13:26",
                "commands/bootstrap.yaml:13:42",
                "commands/tools/helm.yaml:1:1",
            ]);
    }

    [Fact]
    public void A_part_says_which_parameters_it_needs_and_which_it_does_not_know()
    {
        using var folder = new CatalogueFolder()
            .With(
                "parts/release.yaml",
                """
                part: release
                parameters: [name, chart]
                step: { run: [helm, install, "${{ with.name }}", "${{ with.chart }}"], proves-itself: true }
                """
            )
            .WithSteps("- { step: a, uses: parts/release.yaml, with: { nmae: x, chart: y } }");

        folder
            .Problems()
            .ShouldBe([
                "commands/bootstrap.yaml:12:26: The part 'release' needs 'name' in 'with'.",
                "commands/bootstrap.yaml:12:54: The part 'release' has no parameter 'nmae'. Did you mean 'name'?",
            ]);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_a_problem_and_no_crash()
    {
        using var folder = new CatalogueFolder().WithSteps(Fine);
        File.WriteAllBytes(Path.Combine(folder.Commands, "x.yaml"), [0x61, 0xFF, 0xFE]);

        folder
            .Problems()
            .ShouldBe(["commands/x.yaml:1:1: The file is not UTF-8: bad byte at offset 1. Save it as UTF-8."]);
    }

    [Fact]
    public void A_link_out_of_the_folder_is_not_followed()
    {
        using var folder = new CatalogueFolder().WithSteps(Fine);
        Directory.CreateDirectory(Path.Combine(folder.Commands, "phases"));
        File.CreateSymbolicLink(Path.Combine(folder.Commands, "phases", "x.yaml"), "/etc/hostname");

        folder.Problems().ShouldBe(["commands:1:1: commands/phases/x.yaml is, or lies behind, a symbolic link."]);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_a_problem() =>
        Core
            .Runbooks.Catalogue.Read("/nowhere/commands")
            .Problems.ShouldHaveSingleItem()
            .What.ShouldBe("There is no folder /nowhere/commands.");
}
