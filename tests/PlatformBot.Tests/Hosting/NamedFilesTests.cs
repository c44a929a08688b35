using PlatformBot.Core.Planning;
using PlatformBot.Core.Runbooks;
using PlatformBot.Hosting;
using PlatformBot.Tests.Platform;
using PlatformBot.Tests.Storage;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Hosting;

/// <summary>Which words of a command are files that it reads.</summary>
public sealed class NamedFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("named-files-").FullName;
    private readonly PlanPaths _paths;

    public NamedFilesTests()
    {
        _paths = new PlanPaths(_folder, Path.Combine(_folder, "gitops"), Path.Combine(_folder, "runtime"));

        foreach (var name in new[] { "gitops/talos/a.yaml", "gitops/b.yaml", "runtime/talosconfig", "x.yaml", "said" })
        {
            var path = Path.Combine(_folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, name);
        }
    }

    [Theory]
    [InlineData("talosctl apply --file %/gitops/talos/a.yaml", "talos/a.yaml")]
    [InlineData("talosctl apply --patch @%/gitops/talos/a.yaml", "talos/a.yaml")]
    [InlineData("talosctl apply --patch=@%/gitops/talos/a.yaml", "talos/a.yaml")]
    [InlineData("talosctl apply -f x.yaml -f ./gitops/b.yaml", "%/x.yaml b.yaml")]
    [InlineData("talosctl apply %/gitops/../x.yaml", "%/x.yaml")]
    [InlineData("talosctl apply %/gitops/later.yaml", "later.yaml?")]
    [InlineData("talosctl --talosconfig %/runtime/talosconfig reset", "")]
    [InlineData("git -C %/gitops commit -m said", "")]
    [InlineData("kubectl apply -k %/gitops/talos --server-side", "")]
    [InlineData("kubectl delete namespace said origin/main 10.25.11.11 HEAD:main /dev/stdin", "")]
    [InlineData("yq -i .a=1 %/gitops/b.yaml", "")]
    public void Files_are_found_in_the_words(string command, string found) =>
        Found(Step(command)).ShouldBe(Split(found));

    [Fact]
    public void What_a_step_of_the_plan_is_there_to_change_is_no_input_of_another() =>
        Found(Step("talosctl apply %/gitops/b.yaml %/gitops/talos/a.yaml"), Step("yq -i .a=1 %/gitops/b.yaml"))
            .ShouldBe(["talos/a.yaml"]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>What the first of these steps reads; a question mark is behind what is not there yet.</summary>
    private string[] Found(params PlannedStep[] steps)
    {
        var catalogue = Catalogue.Read(Path.Combine(Repository.Root, "commands")).Catalogue!;
        var plan = SqliteJournalTests.Plan() with { Phases = [new PlannedPhase("p", "p", "p", null, steps)] };
        return
        [
            .. new NamedFiles(_paths, _folder, catalogue.Tools)
                .Of(plan, [steps[0]])
                .Select(pin => $"{pin.Input["file ".Length..]}{(pin.Value is null ? "?" : "")}"),
        ];
    }

    private string[] Split(string found) =>
        [.. found.Replace("%", _folder, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private PlannedStep Step(string command) =>
        new()
        {
            Id = "step",
            Phase = "p",
            Title = "",
            Needs = [],
            Action = new PlannedAction.Run(
                [command.Replace("%", _folder, StringComparison.Ordinal).Split(' ')],
                new Dictionary<string, string>(),
                Sensitive: false
            ),
            Probe = [],
            Verify = [],
            Repeatable = false,
            Timeout = TimeSpan.FromMinutes(1),
            Attempts = 1,
            Backoff = TimeSpan.FromSeconds(1),
            Source = "",
        };
}
