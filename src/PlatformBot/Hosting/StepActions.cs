using PlatformBot.Cli;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Checks;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runbooks;
using PlatformBot.Core.Runs;
using PlatformBot.Kubernetes;
using PlatformBot.Kubernetes.Views;
using PlatformBot.Web;

namespace PlatformBot.Hosting;

/// <summary>The only way in which runs touch the world: processes and the clusters' API servers. Whatever leaves it is redacted.</summary>
internal sealed class StepActions : IStepActions, IDisposable
{
    private readonly Clusters _clusters;
    private readonly ClusterGate _gate;
    private readonly ClusterSteps _onClusters;
    private readonly Waits _waits;
    private readonly Preview _preview;
    private readonly ExecSteps _exec;
    private readonly QuerySteps _queries;
    private readonly HttpSteps _http;
    private readonly PrivateFiles _files;
    private readonly CommandSteps _commands;
    private readonly Diagnosis _diagnosis;
    private readonly ToolPath _tools;
    private readonly Redactor _redactor;
    private readonly TimeProvider _clock;
    private readonly ProcessMark _mark;
    private readonly TimeSpan _grace;

    /// <param name="redactor">shared with everything else that shows text</param>
    /// <param name="journal">the file by which this bot is known on its host</param>
    public StepActions(
        ToolsOptions tools,
        KubernetesOptions kubernetes,
        PlanPaths paths,
        ToolBook book,
        Redactor redactor,
        string journal,
        LedgerPins? pins,
        ILoggerFactory loggers,
        TimeProvider clock
    )
    {
        (_redactor, _clock, _mark, _grace) = (redactor, clock, ProcessMark.Of(journal), tools.Grace);

        var own = ToolEnvironment.OfThisProcess();
        var knowledge = ToolKnowledge.Of(book);
        var kubeconfig = string.Join(Path.PathSeparator, kubernetes.Files());
        var environment = new ToolEnvironment(tools, knowledge, own, kubeconfig);
        _tools = new(tools.Path ?? own.GetValueOrDefault("PATH", ""));
        var runner = new ProcessRunner(_tools, redactor, clock, _mark, tools.WorkingDirectory, tools.Grace);
        var secrets = new SecretSource(runner, environment, redactor, tools.SecretsDirectory);
        _commands = new(runner, environment, secrets, knowledge, redactor, clock);
        _files = new(secrets, paths.Runtime);
        _http = new(secrets.ReadAsync, redactor, clock);

        var plugins = new CredentialPrograms(runner, environment, clock);
        _clusters = new(kubernetes, plugins.RunAsync, redactor, pins, loggers, clock);
        _gate = new(_clusters, pins);
        _waits = new(_clusters, clock);
        _preview = new(_clusters, redactor);
        _onClusters = new(_clusters, _waits, new(_waits, clock), new(_waits), redactor, clock);
        _exec = new(_clusters, redactor, clock);
        _queries = new(_clusters, clock);
        _diagnosis = new(_clusters, redactor, kubernetes, clock);
        Inputs = new StepInputs(_tools, _clusters, new NamedFiles(paths, tools.WorkingDirectory, book));
    }

    /// <summary>Live clusters at a glance, through the same connections.</summary>
    /// <param name="people">the time of those who wait for the answer</param>
    public IClusterViews Views(TimeProvider people) => new ClusterViews(_clusters, _redactor, _clock, people);

    /// <summary>What steps read, through the same tools and clusters.</summary>
    public IInputs Inputs { get; }

    public async Task<ActionOutcome> ActAsync(PlannedStep step, StepObserver observer, CancellationToken cancelled)
    {
        void Say(string line) => observer.Progress(_redactor.Redact(line));
        void Started(RunningProcess process) =>
            observer.Started(new ProcessFact(process.Tool, process.Pid, process.StartTime, process.BootId));

        var outcome = await _gate.BeforeAsync(step, cancelled);

        if (outcome is null)
        {
            outcome = await WithFilesAsync(step, () => DoAsync(step, Say, Started, cancelled), cancelled);
            await _gate.AfterAsync(step);
        }

        return outcome with
        {
            Said = _redactor.Redact(outcome.Said),
            Output = _redactor.Redact(outcome.Output),
            Warned = outcome.Warned is { } warned ? _redactor.Redact(warned) : null,
        };
    }

    private async Task<ActionOutcome> WithFilesAsync(
        PlannedStep step,
        Func<Task<ActionOutcome>> act,
        CancellationToken cancelled
    )
    {
        if (step.Files is not { Count: > 0 } files)
            return await act();

        if (!(await _files.WriteAsync(files, cancelled)).Ok(out var written, out var refusal))
            return new(Verdict.AskPerson, refusal.Reason, Explanation: refusal.Hint);

        await using (written)
            return await act();
    }

    private async Task<ActionOutcome> DoAsync(
        PlannedStep step,
        Action<string> say,
        Action<RunningProcess> started,
        CancellationToken cancelled
    ) =>
        step.Action switch
        {
            PlannedAction.Run run => await _commands.RunAsync(run, say, started, cancelled),
            PlannedAction.Pipe pipe => await _commands.PipeAsync(pipe, say, started, cancelled),
            PlannedAction.Apply apply => await _onClusters.ApplyAsync(apply, say, cancelled),
            PlannedAction.Patch patch => await _onClusters.PatchAsync(patch, step.Repeatable, cancelled),
            PlannedAction.Delete delete => await _onClusters.DeleteAsync(delete, say, cancelled),
            PlannedAction.Wait wait => await _onClusters.WaitAsync(wait, say, cancelled),
            PlannedAction.Exec exec => await _exec.ActAsync(exec, step.Repeatable, say, cancelled),
            PlannedAction.Query query => await _queries.ActAsync(query, cancelled),
            PlannedAction.Http http => await _http.ActAsync(http, step.Repeatable, cancelled),
            PlannedAction.Manual manual => new(Verdict.AskPerson, manual.Ask),
            _ => throw new ArgumentOutOfRangeException(nameof(step), step.Action, "No such action."),
        };

    public async Task<CheckOutcome> CheckAsync(PlannedCheck check, CancellationToken cancelled)
    {
        using var deadline = new CancellationTokenSource(check.Timeout, _clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancelled);

        try
        {
            var outcome = await _gate.BeforeAsync(check, limited.Token) ?? await LookAsync(check, limited.Token);

            return outcome with
            {
                Saw = _redactor.Redact(outcome.Saw),
            };
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            return new(null, $"{StepSubjects.Of(check)}: no answer within {check.Timeout.TotalSeconds:0} s");
        }
    }

    private async Task<CheckOutcome> LookAsync(PlannedCheck check, CancellationToken limited) =>
        check switch
        {
            PlannedCheck.Run run => await _commands.CheckAsync(run, limited),
            PlannedCheck.Get get => await _onClusters.CheckAsync(get, limited),
            PlannedCheck.Wait wait => await _onClusters.CheckAsync(wait, limited),
            PlannedCheck.Raw raw => await _onClusters.CheckAsync(raw, limited),
            PlannedCheck.Exec exec => await _exec.CheckAsync(exec, limited),
            PlannedCheck.Query query => await _queries.CheckAsync(query, limited),
            PlannedCheck.Http http => await _http.CheckAsync(http, limited),
            _ => throw new ArgumentOutOfRangeException(nameof(check), check, "No such check."),
        };

    public async Task<CheckOutcome> UntilAsync(PlannedWait wait, Action<string> progress, CancellationToken cancelled)
    {
        var outcome = await _waits.UntilAsync(wait, line => progress(_redactor.Redact(line)), cancelled);
        return outcome with { Saw = _redactor.Redact(outcome.Saw) };
    }

    public async Task<IReadOnlyList<ApplyPreview>> PreviewAsync(
        PlannedAction.Apply apply,
        CancellationToken cancelled
    ) =>
        [
            .. (await _preview.OfAsync(apply, cancelled)).Select(each =>
                each with
                {
                    Details = [.. each.Details.Select(_redactor.Redact)],
                }
            ),
        ];

    public Task<string> DiagnoseAsync(PlannedStep step, CancellationToken cancelled) =>
        step.Target is { } cluster
            ? _diagnosis.WriteAsync(
                cluster,
                StepSubjects.ObjectsOf(step, cluster),
                StepSubjects.NamespacesOf(step),
                cancelled
            )
            : Task.FromResult("");

    public async Task EndLeftoversAsync(IReadOnlyList<ProcessFact> processes)
    {
        await Leftovers.EndAsync(
            [.. processes.Select(each => new RunningProcess(each.Pid, each.StartTime, each.BootId, each.Tool))],
            _mark,
            _grace
        );
        await _files.SweepAsync();
    }

    public IReadOnlyList<string> MissingTools(Plan plan) =>
        [
            .. plan
                .Steps.SelectMany(step => StepSubjects.ToolsOf(step).Select(tool => (tool, step.Id)))
                .Distinct()
                .GroupBy(each => each.tool, each => each.Id)
                .Where(tool => _tools.Find(tool.Key) is null)
                .OrderBy(tool => tool.Key, StringComparer.Ordinal)
                .Select(tool => $"{tool.Key} (needed by {Few([.. tool])})"),
        ];

    public void Dispose()
    {
        _http.Dispose();
        _files.Dispose();
        _clusters.Dispose();
    }

    private static string Few(IReadOnlyList<string> steps) =>
        steps.Count <= 3 ? string.Join(", ", steps) : $"{string.Join(", ", steps.Take(3))} and {steps.Count - 3} more";
}
