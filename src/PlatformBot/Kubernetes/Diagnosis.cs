using System.Globalization;
using System.Text;
using System.Text.Json;
using PlatformBot.Core.Checks;

namespace PlatformBot.Kubernetes;

/// <summary>What is not well around a failed step: nodes, pods, their events and the ends of their logs, as Markdown for an issue.</summary>
internal sealed class Diagnosis(Clusters clusters, Redactor redactor, TimeProvider clock)
{
    private const int MostKinds = 5;
    private const int MostEvents = 4;
    private const int LogLines = 20;
    private const int Longest = 12 * 1024;

    /// <summary>A report that is late is no use: whoever waits for it has a failure to tell about.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>"" when the cluster cannot be asked or nothing is wrong on it.</summary>
    /// <param name="namespaces">where to look; none = everywhere</param>
    public async Task<string> WriteAsync(string name, IReadOnlySet<string> namespaces, CancellationToken cancelled)
    {
        if (!clusters.Find(name).Ok(out var cluster, out _))
            return "";

        using var patience = new CancellationTokenSource(Patience, clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancelled);
        var text = new StringBuilder();

        try
        {
            await NodesAsync(cluster, text, limited.Token);
            await PodsAsync(cluster, namespaces, text, limited.Token);
        }
        catch (ApiException error)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Waits.Unanswered(name, error)}\n");
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            text.Append("The cluster answers too slowly to say more.\n");
        }

        return Cut(redactor.Redact(text.ToString()));
    }

    private static async Task NodesAsync(ClusterClient cluster, StringBuilder text, CancellationToken cancelled)
    {
        var nodes = await cluster.ListAsync(new("v1", "Node", null, null), null, cancelled);

        var ill = nodes
            .Where(node => node.Condition("Ready").Text("status") != "True")
            .GroupBy(node => (node.Condition("Ready").Text("reason"), node.Condition("Ready").Text("message")));

        foreach (var same in ill)
        {
            var (reason, message) = same.Key;
            var names = same.Select(node => node.Name()).ToList();
            text.Append(
                CultureInfo.InvariantCulture,
                $"- **{(names.Count == 1 ? "node" : "nodes")} {string.Join(", ", names)}** {(names.Count == 1 ? "is" : "are")} not Ready: {Line(reason)}: {Line(message)}\n"
            );
        }
    }

    private static async Task PodsAsync(
        ClusterClient cluster,
        IReadOnlySet<string> namespaces,
        StringBuilder text,
        CancellationToken cancelled
    )
    {
        var places = namespaces.Count == 0 ? [null] : namespaces.Order(StringComparer.Ordinal).ToArray<string?>();
        var ill = new List<(JsonElement Pod, string What)>();

        foreach (var place in places)
        {
            foreach (var pod in await cluster.ListAsync(new("v1", "Pod", place, null), null, cancelled))
            {
                if (PodHealth.Trouble(pod) is { } what)
                    ill.Add((pod, what));
            }
        }

        // Pods of one workload mostly say the same: once is enough, and the events of one of them.
        var kinds = ill.OrderBy(each => each.What.StartsWith("is ", StringComparison.Ordinal))
            .GroupBy(each => (Namespace: each.Pod.Namespace(), each.What))
            .ToList();

        foreach (var same in kinds.Take(MostKinds))
            await PodAsync(cluster, [.. same.Select(each => each.Pod)], same.Key.What, text, cancelled);

        if (kinds.Skip(MostKinds).Sum(same => same.Count()) is var more and > 0)
            text.Append(CultureInfo.InvariantCulture, $"- … and {more} more pods that are not well\n");
    }

    private static async Task PodAsync(
        ClusterClient cluster,
        IReadOnlyList<JsonElement> pods,
        string what,
        StringBuilder text,
        CancellationToken cancelled
    )
    {
        var pod = pods[0];
        var names = string.Join(", ", pods.Select(each => each.Name()));
        text.Append(
            CultureInfo.InvariantCulture,
            $"- **{(pods.Count == 1 ? "pod" : "pods")} {pod.Namespace()}/{names}**: {Line(what)}\n"
        );

        foreach (var told in await EventsAsync(cluster, pod, cancelled))
            text.Append(CultureInfo.InvariantCulture, $"  - {told}\n");

        if (await LogAsync(cluster, pod, cancelled) is { Length: > 0 } log)
            text.Append(CultureInfo.InvariantCulture, $"\n{Fenced(log)}\n\n");
    }

    private static async Task<IEnumerable<string>> EventsAsync(
        ClusterClient cluster,
        JsonElement pod,
        CancellationToken cancelled
    )
    {
        var path =
            $"/api/v1/namespaces/{Uri.EscapeDataString(pod.Namespace() ?? "default")}/events"
            + $"?fieldSelector={Uri.EscapeDataString($"involvedObject.uid={pod.Text("metadata", "uid")}")}";

        using var events = JsonDocument.Parse(await cluster.RawAsync(path, cancelled));

        return events
            .RootElement.Items("items")
            .Where(each => each.Text("type") != "Normal")
            .OrderByDescending(When, StringComparer.Ordinal)
            .Take(MostEvents)
            .Select(each => $"{each.Text("reason")}: {Line(each.Text("message"))}{Times(each)}")
            .ToList();
    }

    /// <summary>The scheduler fills eventTime and leaves the rest null, the kubelet the other way round.</summary>
    private static string When(JsonElement told) =>
        told.Text("series", "lastObservedTime")
        ?? told.Text("lastTimestamp")
        ?? told.Text("eventTime")
        ?? told.Text("metadata", "creationTimestamp")
        ?? "";

    private static string Times(JsonElement told) =>
        told.Number("count") is var count and > 1 ? $" ({count} times)" : "";

    /// <summary>Of the container that is in trouble; of its life before this one when it keeps crashing.</summary>
    private static async Task<string> LogAsync(ClusterClient cluster, JsonElement pod, CancellationToken cancelled)
    {
        var container = PodHealth
            .Containers(pod)
            .FirstOrDefault(each => !each.Has("state", "running") || each.At("ready").ValueKind == JsonValueKind.False);

        // A container that has never run has nothing to say.
        if (
            container.Text("name") is not { } name
            || (
                !container.Has("state", "running")
                && container.Number("restartCount") == 0
                && !container.Has("state", "terminated")
            )
        )
        {
            return "";
        }

        var previous = container.Has("state", "waiting") ? "&previous=true" : "";
        var path =
            $"/api/v1/namespaces/{Uri.EscapeDataString(pod.Namespace() ?? "default")}/pods/{Uri.EscapeDataString(pod.Name())}/log"
            + $"?container={Uri.EscapeDataString(name)}&tailLines={LogLines}{previous}";

        try
        {
            return await cluster.RawAsync(path, cancelled);
        }
        catch (ApiException)
        {
            return "";
        }
    }

    /// <summary>Text from the cluster stays on its line and cannot become Markdown of ours.</summary>
    private static string Line(string? text) =>
        text is null ? "" : $"`{text.ReplaceLineEndings(" ").Replace('`', '\'')}`";

    private static string Fenced(string log) =>
        $"```text\n{log.TrimEnd().Replace("```", "'''", StringComparison.Ordinal)}\n```";

    private static string Cut(string text)
    {
        if (text.Length <= Longest)
            return text;

        var cut = text[..text.LastIndexOf('\n', Longest)];
        var open = cut.Split("```").Length % 2 == 0;
        return cut + (open ? "\n```\n…" : "\n…");
    }
}
