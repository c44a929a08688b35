using Microsoft.Extensions.Logging.Abstractions;
using PlatformBot.Cli;
using PlatformBot.Core.Checks;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runbooks;
using PlatformBot.Core.Runs;
using PlatformBot.Hosting;
using PlatformBot.Kubernetes;
using PlatformBot.Tests.Cli;
using PlatformBot.Tests.Platform;
using Xunit;

namespace PlatformBot.Tests.Hosting;

/// <summary>The shipped tools' names on the path, each a program that answers what a test recorded; the rest is what the bot uses.</summary>
internal sealed class RecordedTools : IDisposable
{
    private static readonly ToolBook Book = Catalogue.Read(Path.Combine(Repository.Root, "commands")).Catalogue!.Tools;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("platformbot-tools-");
    private readonly StepActions _actions;

    public RecordedTools()
    {
        foreach (var tool in Book.Names.Where(name => name != ToolBook.Self))
        {
            File.CreateSymbolicLink(
                Path.Combine(_folder.FullName, tool),
                Path.Combine(AppContext.BaseDirectory, "dummy")
            );
        }

        var options = new ToolsOptions
        {
            Path = _folder.FullName,
            RuntimeDirectory = Path.Combine(_folder.FullName, "runtime"),
            Environment = Dummy
                .Environment.Where(variable => variable.Key is not "PATH")
                .Append(KeyValuePair.Create("DUMMY_ANSWER", Answer))
                .ToDictionary(),
        };
        var journal = Path.Combine(_folder.FullName, "journal");
        _actions = new StepActions(
            options,
            new KubernetesOptions(),
            new PlanPaths(_folder.FullName, _folder.FullName, _folder.FullName),
            Book,
            new Redactor(),
            journal,
            pins: null,
            NullLoggerFactory.Instance,
            TimeProvider.System
        );
    }

    private string Answer => Path.Combine(_folder.FullName, "answer");

    /// <param name="printed">on standard output when it is JSON, as these tools do; else on standard error</param>
    public async Task<ActionOutcome> RunAsync(string command, int exit, string printed)
    {
        var stream = printed.StartsWith('{') ? "stdout" : "stderr";
        await File.WriteAllTextAsync(Answer, $"{exit}\n{stream}\n{printed}", TestContext.Current.CancellationToken);
        return await RunMissingAsync(command);
    }

    public Task<ActionOutcome> RunMissingAsync(string command)
    {
        var run = new PlannedAction.Run([command.Split(' ')], new Dictionary<string, string>(), Sensitive: false);
        return _actions.ActAsync(Of(run), new StepObserver(_ => { }, _ => { }), TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        _actions.Dispose();
        _folder.Delete(recursive: true);
    }

    private static PlannedStep Of(PlannedAction action) =>
        new()
        {
            Id = "step",
            Phase = "phase",
            Title = "A step",
            Needs = [],
            Action = action,
            Probe = [],
            Verify = [],
            Repeatable = false,
            Timeout = TimeSpan.FromMinutes(1),
            Attempts = 1,
            Backoff = TimeSpan.Zero,
            Source = "test.yaml:1",
        };
}
