using System.Text.Json;
using PlatformBot.Core.Checks;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Kubernetes;

/// <summary>The actions and checks that go to a cluster's API server.</summary>
internal sealed class ClusterSteps(
    Clusters clusters,
    Waits waits,
    ObjectApply apply,
    Deletion deletion,
    Redactor redactor,
    TimeProvider clock
)
{
    public Task<ActionOutcome> ApplyAsync(
        PlannedAction.Apply action,
        Action<string> progress,
        CancellationToken cancelled
    ) =>
        OnAsync(
            action.Cluster,
            async cluster =>
            {
                var warnings = new HashSet<string>();
                var said = await apply.ApplyAsync(
                    cluster,
                    action.Objects,
                    action.Force,
                    progress,
                    warning => warnings.Add(warning),
                    cancelled
                );
                return new(Verdict.Done, said)
                {
                    Warned = warnings.Count == 0 ? null : $"the API server warns: {string.Join("; ", warnings)}",
                };
            }
        );

    /// <param name="repeatable">the step says that doing it twice is doing it once</param>
    public async Task<ActionOutcome> PatchAsync(
        PlannedAction.Patch action,
        bool repeatable,
        CancellationToken cancelled
    )
    {
        var mayBeDone = false;
        var outcome = await OnAsync(
            action.Cluster,
            async cluster =>
            {
                var marks = action.Labels.Keys.Concat(action.Annotations.Keys).ToList();

                if (marks.Count > 0)
                    await cluster.PatchAsync(action.Object, "merge", Marks(action), cancelled);

                try
                {
                    if (action is { Type: { } type, Body: { } body })
                        await cluster.PatchAsync(action.Object, type, body, cancelled);
                }
                // A list of operations done twice is not the same as done once.
                catch (ApiException error) when (action.Type == "json" && error.MayBeDone)
                {
                    mayBeDone = true;
                    throw;
                }

                var what = action.Body is null ? $"{string.Join(", ", marks)} set" : $"{action.Type} patch done";
                return new(Verdict.Done, $"{action.Object}: {what}");
            }
        );

        return mayBeDone && !repeatable
            ? outcome with
            {
                Verdict = Verdict.AskPerson,
                Explanation =
                    "Its operations may have been done although no answer came. Look before it is tried again; 'repeatable: true' would say that this is safe.",
            }
            : outcome;
    }

    public Task<ActionOutcome> DeleteAsync(
        PlannedAction.Delete action,
        Action<string> progress,
        CancellationToken cancelled
    ) => OnAsync(action.Cluster, cluster => deletion.DeleteAsync(cluster, action, progress, cancelled));

    public async Task<ActionOutcome> WaitAsync(
        PlannedAction.Wait action,
        Action<string> progress,
        CancellationToken cancelled
    )
    {
        var outcome = await waits.UntilAsync(action.For, progress, cancelled);
        return new(outcome.Holds == true ? Verdict.Done : Verdict.Failed, outcome.Saw);
    }

    public Task<CheckOutcome> CheckAsync(PlannedCheck.Wait check, CancellationToken cancelled) =>
        waits.LookAsync(check.For, cancelled);

    public Task<CheckOutcome> CheckAsync(PlannedCheck.Get check, CancellationToken cancelled) =>
        LookAsync(
            check.Cluster,
            async cluster =>
            {
                var item = await cluster.GetAsync(check.Object, cancelled);
                var outcome = Judge(check.Expect, item.GetRawText());
                // What a Secret holds is compared, never quoted.
                var saw =
                    check.Object.Kind == "Secret" && check.Expect.Count > 0
                        ? $"its data is {(outcome.Holds == true ? "" : "not ")}as expected"
                        : outcome.Saw;
                return outcome with { Saw = $"{check.Object}: {saw}" };
            },
            check.Object.ToString()
        );

    public Task<CheckOutcome> CheckAsync(PlannedCheck.Raw check, CancellationToken cancelled) =>
        LookAsync(
            check.Cluster,
            async cluster =>
            {
                var text = await cluster.RawAsync(check.Path, cancelled);
                var outcome = Judge(check.Expect, text);
                return outcome with
                {
                    Saw = $"{check.Path}: {(check.Expect.Count == 0 ? "answers 200" : outcome.Saw)}",
                };
            },
            check.Path
        );

    private CheckOutcome Judge(IReadOnlyList<Expectation> expected, string text) =>
        Expectations.Judge(expected, new Seen(null, text) { At = clock.GetUtcNow(), Called = "the answer" }, redactor);

    private static string Marks(PlannedAction.Patch action)
    {
        var metadata = new Dictionary<string, IReadOnlyDictionary<string, string?>>();

        if (action.Labels.Count > 0)
            metadata["labels"] = action.Labels;

        if (action.Annotations.Count > 0)
            metadata["annotations"] = action.Annotations;

        return JsonSerializer.Serialize(new { metadata });
    }

    private async Task<CheckOutcome> LookAsync(string name, Func<ClusterClient, Task<CheckOutcome>> look, string what)
    {
        if (!clusters.Find(name).Ok(out var cluster, out var refusal))
            return new(null, refusal.Reason);

        try
        {
            return await look(cluster);
        }
        catch (UnknownKindException error)
        {
            return new(false, error.Message);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return new(false, $"{what} does not exist");
        }
        // A service behind the API server that is not up yet answers 503: that is an answer to the question.
        catch (ApiException error) when (error.Code is 502 or 503)
        {
            return new(false, $"{what}: {error.Code} {error.Message}");
        }
        catch (ApiException error)
        {
            return error.Unseen(name);
        }
    }

    private async Task<ActionOutcome> OnAsync(string name, Func<ClusterClient, Task<ActionOutcome>> act)
    {
        if (!clusters.Find(name).Ok(out var cluster, out var refusal))
            return new(Verdict.Retry, refusal.Reason, Explanation: refusal.Hint);

        try
        {
            return await act(cluster);
        }
        catch (UnknownKindException error)
        {
            return new(Verdict.Failed, error.Message, Explanation: "What installs the CRD must come first.");
        }
        catch (ApiException error)
        {
            return Failure(name, error);
        }
    }

    private static ActionOutcome Failure(string cluster, ApiException error)
    {
        if (error.IsOwnershipConflict)
        {
            return new(
                Verdict.AskPerson,
                $"Somebody else owns what would be changed: {string.Join("; ", error.Causes.Select(cause => $"{cause.Field} ({cause.Message})"))}",
                Explanation: "A person decides who is right: remove the field here or there, or apply with force."
            );
        }

        // A namespace that is missing may be on its way; nothing else that is not found is.
        var retry = error.IsTransient || error.MissingKind == "namespaces";
        var causes =
            error.Causes.Count == 0
                ? ""
                : $" ({string.Join("; ", error.Causes.Select(cause => $"{cause.Field}: {cause.Message}"))})";
        return new(retry ? Verdict.Retry : Verdict.Failed, error.For(cluster) + causes, Explanation: error.Cure);
    }
}
