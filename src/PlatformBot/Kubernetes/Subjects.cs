using System.Text.Json;
using PlatformBot.Core.Planning;

namespace PlatformBot.Kubernetes;

/// <summary>What a failed step is about: what each object says of itself, what the cluster told about it and what it made, and its pods.</summary>
internal sealed class Subjects(ClusterClient cluster, DiagnosisText text)
{
    private const int MostEvents = 4;
    private const int MostObjects = 4;

    /// <summary>Conditions that say something bad when they are true; all others do when they are false.</summary>
    private static readonly string[] BadWhenTrue =
    [
        "ReplicaFailure",
        "Failed",
        "FailureTarget",
        "Stalled",
        "Degraded",
        "NamespaceDeletionDiscoveryFailure",
        "NamespaceContentRemaining",
        "NamespaceFinalizersRemaining",
    ];

    /// <summary>Conditions that are false in a good life, too, or say what others say better.</summary>
    private static readonly string[] SayNothing =
    [
        "Suspended",
        "Reconciling",
        "Complete",
        "SuccessCriteriaMet",
        "TestSuccess",
        "Terminating",
    ];

    private readonly List<JsonElement> _pods = [];
    private readonly HashSet<string> _namespaces = [];
    private readonly HashSet<string> _seen = [];

    /// <summary>Pods of what was looked at, well or not.</summary>
    public IReadOnlyList<JsonElement> Pods => _pods;

    /// <summary>Where those objects put what they make, beside their own namespaces.</summary>
    public IReadOnlySet<string> Namespaces => _namespaces;

    /// <exception cref="ApiException">The cluster could not be asked.</exception>
    public async Task LookAsync(PlannedWait subject, CancellationToken cancelled)
    {
        try
        {
            if (subject.Object.Name is null)
                await SeveralAsync(subject, cancelled);
            else
                await ObjectAsync(subject.Object.Kind, await cluster.GetAsync(subject.Object, cancelled), cancelled);
        }
        catch (UnknownKindException error)
        {
            text.Find(Weight.Own, DiagnosisText.Quote(error.Message));
        }
        catch (ApiException error) when (error.IsNotFound && subject.For != "gone")
        {
            text.Find(Weight.Own, $"**{subject.Object}** does not exist");
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            // That it is gone is what was wanted.
        }
        catch (ApiException error) when (!error.IsUnreachable)
        {
            // What one object does not tell (it may not be read, say), others may.
            text.Note($"{subject.Object} could not be looked at: {DiagnosisText.Quote(error.Message)}");
        }
    }

    private async Task SeveralAsync(PlannedWait subject, CancellationToken cancelled)
    {
        var all = await cluster.ListAsync(subject.Object, subject.Selector, cancelled);

        if (subject.Object.Kind == "Pod")
        {
            _pods.AddRange(all.Where(IsNew));
            return;
        }

        foreach (var item in all.Where(item => Problem(item) is not null).Take(MostObjects))
            await ObjectAsync(subject.Object.Kind, item, cancelled);
    }

    private async Task ObjectAsync(string kind, JsonElement item, CancellationToken cancelled)
    {
        if (!IsNew(item))
            return;

        if (kind == "Pod")
        {
            _pods.Add(item);
            return;
        }

        if (item.Text("spec", "targetNamespace") is { } target)
            _namespaces.Add(target);

        var children = await ChildrenAsync(kind, item, cancelled);
        await TellAsync(kind, item, children, cancelled);
        _pods.AddRange((await PodsAsync(item, cancelled)).Where(IsNew));
    }

    private async Task TellAsync(
        string kind,
        JsonElement item,
        IReadOnlyList<JsonElement> children,
        CancellationToken cancelled
    )
    {
        var problem = Problem(item);
        var events = await ObjectEvents.WarningsAsync(cluster, [item, .. children], MostEvents, cancelled);

        if (problem is null && events.Count == 0)
            return;

        text.Find(Weight.Own, $"**{kind.ToLowerInvariant()} {item.FullName()}**: {problem ?? "was warned about"}");

        foreach (var told in events)
            text.Support(told);
    }

    private static string? Problem(JsonElement item)
    {
        if (item.Text("metadata", "deletionTimestamp") is { } since)
        {
            var holders = string.Join(", ", item.Items("metadata", "finalizers").Select(each => each.Text()));
            return $"is being deleted since {since}{(holders.Length == 0 ? "" : $", held by {DiagnosisText.Quote(holders)}")}";
        }

        var bad = item.Items("status", "conditions")
            .Where(IsBad)
            .OrderBy(condition => condition.Text("type") is "Ready" or "Failed" or "ReplicaFailure" ? 0 : 1)
            .FirstOrDefault();
        return bad.Text("type") is { } type
            ? $"{DiagnosisText.Word(type)} is {DiagnosisText.Word(bad.Text("status"))}: {Said(bad)}"
            : Phase(item);
    }

    private static string Said(JsonElement condition) =>
        DiagnosisText.Quote($"{condition.Text("reason")}: {condition.Text("message")}");

    private static string? Phase(JsonElement item) =>
        item.Text("status", "phase") is "Pending" or "Failed" or "Lost" or "Terminating"
            ? $"is {item.Text("status", "phase")}"
            : null;

    private static bool IsBad(JsonElement condition)
    {
        var (type, status) = (condition.Text("type"), condition.Text("status"));
        return !SayNothing.Contains(type) && status == (BadWhenTrue.Contains(type) ? "True" : "False");
    }

    /// <summary>A Deployment's ReplicaSets: what keeps pods from being made is told about them.</summary>
    private async Task<IReadOnlyList<JsonElement>> ChildrenAsync(
        string kind,
        JsonElement item,
        CancellationToken cancelled
    )
    {
        if (kind != "Deployment")
            return [];

        var sets = await cluster.ListAsync(
            new("apps/v1", "ReplicaSet", item.Namespace(), null),
            SelectorOf(item)?.ToString(),
            cancelled
        );
        var uid = item.Text("metadata", "uid");
        return
        [
            .. sets.Where(set => set.Items("metadata", "ownerReferences").Any(owner => owner.Text("uid") == uid))
                .OrderByDescending(set => set.Text("metadata", "creationTimestamp"), StringComparer.Ordinal)
                .Take(1),
        ];
    }

    private async Task<IReadOnlyList<JsonElement>> PodsAsync(JsonElement item, CancellationToken cancelled) =>
        SelectorOf(item) is { } selector
            ? await cluster.ListAsync(new("v1", "Pod", item.Namespace(), null), $"{selector}", cancelled)
            : [];

    private static LabelSelector? SelectorOf(JsonElement workload) => LabelSelector.Of(workload.At("spec", "selector"));

    private bool IsNew(JsonElement item) => _seen.Add(item.Text("metadata", "uid") ?? item.Name());
}
