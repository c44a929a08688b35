using System.Globalization;
using System.Text.Json;
using PlatformBot.Core.Checks;
using PlatformBot.Core.Planning;

namespace PlatformBot.Kubernetes;

/// <summary>What explains a failed step: first what it is about, down to its pods, then nodes and what else is ill around it.</summary>
internal sealed class Diagnosis(Clusters clusters, Redactor redactor, KubernetesOptions options, TimeProvider clock)
{
    private const int MostSubjects = 6;
    private const int MostKinds = 5;
    private const int MostEvents = 4;
    private const string NotReady = "is not ready yet";

    /// <summary>Markdown whose first line says the cause; "" when the cluster cannot be asked or nothing is wrong on it. Redacted.</summary>
    /// <param name="subjects">what the step and its verification are about</param>
    /// <param name="namespaces">where else to look; none = everywhere</param>
    public async Task<string> WriteAsync(
        string name,
        IReadOnlyList<PlannedWait> subjects,
        IReadOnlySet<string> namespaces,
        CancellationToken cancelled
    )
    {
        if (!clusters.Find(name).Ok(out var cluster, out _))
            return "";

        using var patience = new CancellationTokenSource(options.DiagnosisTimeout, clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancelled);
        var text = new DiagnosisText();

        try
        {
            var own = new Subjects(cluster, text);

            foreach (var subject in subjects.Take(MostSubjects))
                await own.LookAsync(subject, limited.Token);

            await PodsAsync(cluster, own.Pods, Weight.OwnPod, text, limited.Token);
            await NodesAsync(cluster, text, limited.Token);
            var others = await OthersAsync(cluster, own, namespaces, limited.Token);
            await PodsAsync(cluster, others, Weight.Nearby, text, limited.Token);
        }
        catch (ApiException error)
        {
            text.Note(DiagnosisText.Quote(error.For(name)));
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            text.Note("The cluster answers too slowly to say more.");
        }

        return DiagnosisText.Cut(redactor.Redact(text.ToString()));
    }

    private static async Task NodesAsync(ClusterClient cluster, DiagnosisText text, CancellationToken cancelled)
    {
        var nodes = await cluster.ListAsync(new("v1", "Node", null, null), null, cancelled);
        var ill = nodes
            .Where(node => !node.Is("Ready"))
            .GroupBy(node => (node.Condition("Ready").Text("reason"), node.Condition("Ready").Text("message")));

        foreach (var same in ill)
        {
            var (reason, message) = same.Key;
            var names = string.Join(", ", same.Select(node => node.Name()));
            var (noun, verb) = same.Count() == 1 ? ("node", "is") : ("nodes", "are");
            text.Find(
                Weight.Node,
                $"**{noun} {names}** {verb} not Ready: {DiagnosisText.Quote(reason)}: {DiagnosisText.Quote(message)}"
            );
        }
    }

    private static async Task<IReadOnlyList<JsonElement>> OthersAsync(
        ClusterClient cluster,
        Subjects own,
        IReadOnlySet<string> namespaces,
        CancellationToken cancelled
    )
    {
        var told = own.Pods.Select(pod => pod.Text("metadata", "uid")).ToHashSet();
        var places = namespaces.Concat(own.Namespaces).Distinct().Order(StringComparer.Ordinal).ToArray<string?>();
        var pods = new List<JsonElement>();

        foreach (var place in places.Length == 0 ? [null] : places)
            pods.AddRange(await cluster.ListAsync(new("v1", "Pod", place, null), null, cancelled));

        return [.. pods.Where(pod => !told.Contains(pod.Text("metadata", "uid")))];
    }

    /// <summary>Pods of one workload mostly say the same: once is enough, and the events and the log of one of them.</summary>
    private static async Task PodsAsync(
        ClusterClient cluster,
        IEnumerable<JsonElement> pods,
        Weight weight,
        DiagnosisText text,
        CancellationToken cancelled
    )
    {
        var kinds = pods.Select(pod => (Pod: pod, What: PodHealth.Trouble(pod)))
            .Where(each => each.What is not null)
            .GroupBy(each => (Namespace: each.Pod.Namespace(), What: each.What!))
            .OrderBy(same => IsUnderway(same.Key.What))
            .ToList();

        foreach (var same in kinds.Take(MostKinds))
            await TellAsync(cluster, same.Key.What, [.. same.Select(each => each.Pod)], weight, text, cancelled);

        if (kinds.Skip(MostKinds).Sum(same => same.Count()) is var more and > 0)
            text.Note(string.Create(CultureInfo.InvariantCulture, $"… and {more} more pods that are not well"));
    }

    private static async Task TellAsync(
        ClusterClient cluster,
        string what,
        IReadOnlyList<JsonElement> pods,
        Weight weight,
        DiagnosisText text,
        CancellationToken cancelled
    )
    {
        var warnings = await WarningsAsync(cluster, pods[0], text, cancelled);
        // A pod of the step's own that is not ready yet, and is warned about, is no longer merely on its way.
        var isStuck = weight == Weight.OwnPod && what == NotReady && warnings.Count > 0;
        var names = string.Join(", ", pods.Select(pod => pod.Name()));
        text.Find(
            IsUnderway(what) && !isStuck ? Weight.Underway : weight,
            $"**{(pods.Count == 1 ? "pod" : "pods")} {pods[0].Namespace()}/{names}**: {DiagnosisText.Quote(what)}{(isStuck ? $", {warnings[0]}" : "")}"
        );

        foreach (var told in isStuck ? warnings.Skip(1) : warnings)
            text.Support(told);

        if (await LogTail.OfTroubledAsync(cluster, pods[0], cancelled) is { Text.Length: > 0 } log)
            text.Support(log);
    }

    private static async Task<IReadOnlyList<string>> WarningsAsync(
        ClusterClient cluster,
        JsonElement pod,
        DiagnosisText text,
        CancellationToken cancelled
    )
    {
        try
        {
            return await ObjectEvents.WarningsAsync(cluster, [pod], MostEvents, cancelled);
        }
        catch (ApiException error) when (!error.IsUnreachable)
        {
            text.Note(
                $"The events of {pod.Namespace()}/{pod.Name()} could not be read: {DiagnosisText.Quote(error.Message)}"
            );
            return [];
        }
    }

    private static bool IsUnderway(string what) => what is "is starting" or "is ending" or NotReady;
}
