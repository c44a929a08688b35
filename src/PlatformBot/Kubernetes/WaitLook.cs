using System.Text.Json;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Kubernetes;

/// <summary>What a wait sees in the objects that are there: whether it holds, and in one line why not.</summary>
internal static class WaitLook
{
    private static readonly HashSet<string> Workloads = ["Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "Job"];

    /// <param name="items">the one object, or all that were asked for; none when there is none</param>
    public static CheckOutcome Judge(PlannedWait wait, IReadOnlyList<JsonElement> items) =>
        wait.Object.Name is null ? All(wait, items) : One(wait, items);

    /// <summary>Without its kind there is no object either.</summary>
    public static CheckOutcome WithoutKind(PlannedWait wait, UnknownKindException error) =>
        new(wait.For == "gone", error.Message);

    /// <summary>Whose pods explain why this is not as wanted yet; null when it is, or when it has none.</summary>
    public static PodsOfWorkload? PodsOf(PlannedWait wait, IReadOnlyList<JsonElement> items, CheckOutcome look)
    {
        if (look.Holds == true || wait.For == "gone" || !Workloads.Contains(wait.Object.Kind))
            return null;

        var workload = items.FirstOrDefault(item => wait.Object.Name is not null || !IsAsWanted(wait, item));
        return LabelSelector.Of(workload.At("spec", "selector")) is { } selector
            ? new(new("v1", "Pod", workload.Namespace(), null), selector)
            : null;
    }

    /// <summary>With the words of the pods that hold it up.</summary>
    public static CheckOutcome Explained(CheckOutcome look, IReadOnlyList<JsonElement> pods) =>
        look with
        {
            Saw = look.Saw + PodHealth.Worst(pods),
            Hopeless = look.Hopeless || pods.Any(PodHealth.CannotStart),
        };

    private static CheckOutcome One(PlannedWait wait, IReadOnlyList<JsonElement> items)
    {
        if (items is not [var item, ..])
            return new(wait.For == "gone", $"{wait.Object} does not exist");

        var look = Look(wait, item);
        var name = $"{wait.Object}";
        var saw = look.Saw.Contains(" pods", StringComparison.Ordinal) ? $"{name}: {look.Saw}" : $"{name} {look.Saw}";
        return look with { Saw = saw };
    }

    private static CheckOutcome All(PlannedWait wait, IReadOnlyList<JsonElement> items)
    {
        var kind = wait.Object.Kind.ToLowerInvariant();

        if (items.Count == 0)
        {
            return new(
                wait.For == "gone",
                $"there is no {kind}{(wait.Selector is null ? "" : $" with {wait.Selector}")}"
            );
        }

        var looks = items.Select(item => (Item: item, Look: Look(wait, item))).ToList();
        var open = looks.Where(each => each.Look.Holds != true).ToList();

        if (open.Count == 0)
            return new(true, $"{items.Count} of {items.Count} {kind}s: {looks[0].Look.Saw}");

        // The one that is hopeless explains more than one that is only slow.
        var (item, look) = open.OrderByDescending(each => each.Look.Hopeless).First();
        return look with
        {
            Saw = $"{items.Count - open.Count} of {items.Count} {kind}s as wanted; {item.FullName()} {look.Saw}",
        };
    }

    private static bool IsAsWanted(PlannedWait wait, JsonElement item) => Look(wait, item).Holds == true;

    private static CheckOutcome Look(PlannedWait wait, JsonElement item)
    {
        var look = WaitCondition.Look(item, wait.Object.Kind, wait.For);

        if (look.Holds == true || wait.For is "gone" or "exists")
            return look;

        return look with
        {
            Saw = look.Saw + Readiness.Because(item, wait.Object.Kind),
            Hopeless = look.Hopeless || Readiness.IsStalled(item),
        };
    }
}

/// <summary>The pods that a workload has made.</summary>
/// <param name="All">all pods of its namespace</param>
internal sealed record PodsOfWorkload(ObjectReference All, LabelSelector Selector);
