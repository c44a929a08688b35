using System.Runtime.CompilerServices;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runbooks;
using Shouldly;

namespace PlatformBot.Core.Tests.Runbooks;

/// <summary>A small catalogue without mistakes in a folder of its own; a test changes one file of it.</summary>
internal sealed class CatalogueFolder : IDisposable
{
    public const string Inventory = """
        versions: { cilium: 1.18.3 }
        clusters:
          infra:
            vip: 10.25.11.17
            canaries: []
            nodes:
              - { name: infra-01, address: 10.25.11.11 }
              - { name: infra-02, address: 10.25.11.12 }
          apps:
            vip: 10.25.11.18
            canaries: [{ name: apps-02, address: 10.25.11.15 }]
            nodes:
              - { name: apps-01, address: 10.25.11.14 }
              - { name: apps-02, address: 10.25.11.15 }
        metrics: { cluster: infra, namespace: monitoring, service: vmsingle, port: 8428 }
        """;

    public const string Tool = """
        tool: helm
        summary: Installs charts
        environment: [HELM_DEBUG]
        sensitive: ["get values"]
        says:
          - { text: "cannot re-use a name", when: install, means: done }
          - { text: "another operation", means: retry, explain: Somebody else is at it. }
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("catalogue-").FullName;

    public CatalogueFolder()
    {
        With("inventory.yaml", Inventory);
        With("tools/helm.yaml", Tool);
    }

    public string Commands => Path.Combine(_root, "commands");

    public PlanPaths Paths => new(_root, "/srv/gitops", "/run/bot");

    /// <summary>The repository that this test is part of.</summary>
    public static string Repository([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    public CatalogueFolder With(string file, string text)
    {
        var path = Path.Combine(Commands, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }

    /// <summary>A runbook "bootstrap" with one phase "foundation" per cluster.</summary>
    /// <param name="steps">the items of its list of steps, not indented</param>
    /// <param name="line">one more line of the runbook itself</param>
    public CatalogueFolder WithSteps(string steps, string line = "on-failure: go-on")
    {
        var indented = string.Join('\n', steps.Split('\n').Select(line => line.Length > 0 ? "      " + line : line));

        return With(
            "bootstrap.yaml",
            $$$"""
            command: bootstrap
            summary: Builds clusters
            arguments:
              - { name: cluster, type: cluster }
              - { name: from, type: phase, optional: true }
            locks: ["cluster/${{ cluster.name }}"]
            phases:
              - phase: foundation
                title: First things
                each: cluster
                steps:
            {{{indented}}}
            {{{line}}}
            """
        );
    }

    public IReadOnlyList<string> Problems() =>
        [.. Catalogue.Read(Commands).Problems.Select(problem => problem.ToString())];

    public Catalogue Read()
    {
        var (catalogue, problems) = Catalogue.Read(Commands);
        problems.ShouldBeEmpty();
        return catalogue!;
    }

    public Plan Plan(params string[] words)
    {
        var catalogue = Read();
        catalogue.Find("bootstrap").Ok(out var runbook, out _).ShouldBeTrue();
        Arguments
            .Bind(runbook!, catalogue.Inventory, words)
            .Ok(out var bound, out var refusal)
            .ShouldBeTrue($"{refusal}");
        Planner.Plan(catalogue, runbook!, bound!, Paths).Ok(out var plan, out refusal).ShouldBeTrue($"{refusal}");
        return plan!;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
