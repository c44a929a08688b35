using System.Text.Json;
using PlatformBot.Core.Runs;

namespace PlatformBot.Kubernetes;

/// <summary>What "ready" means for the kinds of this platform, and what else of an object explains that it is not.</summary>
internal static class Readiness
{
    // csharpier-ignore-start - a table
    private static readonly Dictionary<string, Func<JsonElement, string, CheckOutcome>> Kinds = new(StringComparer.Ordinal)
    {
        ["Deployment"] = Rollout.Look,
        ["DaemonSet"] = Rollout.Look,
        ["StatefulSet"] = Rollout.Look,
        ["Job"] = Rollout.Look,
        ["CustomResourceDefinition"] = Condition("Established"),
        ["APIService"] = Condition("Available"),
        ["Gateway"] = Condition("Programmed"),
        ["Namespace"] = Phase("Active"),
        ["PersistentVolumeClaim"] = Phase("Bound"),
        ["BackupStorageLocation"] = Phase("Available"),
        ["Backup"] = Phase("Completed", "Failed", "PartiallyFailed", "FailedValidation"),
        ["Restore"] = Phase("Completed", "Failed", "PartiallyFailed", "FailedValidation"),
        ["CephCluster"] = Phase("Ready"),
        ["CephBlockPool"] = Phase("Ready"),
        ["CephFilesystem"] = Phase("Ready"),
        ["CephObjectStore"] = Phase("Ready", "Failure"),
        ["Service"] = (service, _) => LoadBalancer(service),
    };

    /// <summary>What a person who looks at such an object would look at next.</summary>
    private static readonly Dictionary<string, Func<JsonElement, string?>> Words = new(StringComparer.Ordinal)
    {
        ["Certificate"] = item => Of(item.Condition("Issuing")),
        ["Cluster"] = item => Joined(item.Text("status", "phase"), item.Text("status", "phaseReason")),
        ["CephCluster"] = item => Joined(item.Text("status", "ceph", "health"), FirstDetail(item.At("status", "ceph", "details")) ?? item.Text("status", "message")),
        ["PersistentVolumeClaim"] = item => item.Text("spec", "storageClassName") is { } name ? $"its storage class is {name}" : "it names no storage class",
        ["CustomResourceDefinition"] = item => item.Condition("NamesAccepted").Text("status") == "False" ? Of(item.Condition("NamesAccepted")) : null,
    };
    // csharpier-ignore-end

    /// <summary>A kind that is not in the table is ready when its condition Ready says so.</summary>
    public static CheckOutcome Look(JsonElement item, string kind)
    {
        if (IsSuspended(item))
            return new(false, "is suspended: nothing reconciles it until somebody resumes it", Hopeless: true);

        return Kinds.TryGetValue(kind, out var look)
            ? look(item, kind)
            : WaitCondition.Look(item, kind, "condition=Ready");
    }

    /// <summary>What else is known of why it is not as wanted; "" when nothing is.</summary>
    public static string Because(JsonElement item, string kind)
    {
        if (IsStalled(item))
            return $"; it has given up: {Of(item.Condition("Stalled"))}";

        return Words.TryGetValue(kind, out var tell) && tell(item) is { Length: > 0 } words ? $"; {words}" : "";
    }

    /// <summary>Flux says of what it has given up that it is stalled: nothing happens until somebody changes it.</summary>
    public static bool IsStalled(JsonElement item) => item.Is("Stalled");

    /// <summary>A Flux object that is suspended is left as it is, whatever its conditions say.</summary>
    public static bool IsSuspended(JsonElement item) =>
        item.Text("apiVersion")?.Contains(".fluxcd.io/", StringComparison.Ordinal) == true
        && item.At("spec", "suspend").ValueKind == JsonValueKind.True;

    private static Func<JsonElement, string, CheckOutcome> Condition(string type) =>
        (item, kind) => WaitCondition.Look(item, kind, $"condition={type}");

    private static Func<JsonElement, string, CheckOutcome> Phase(string wanted, params string[] hopeless) =>
        (item, _) =>
            item.Text("status", "phase") switch
            {
                null => new(false, "has no phase yet"),
                var phase when phase == wanted => new(true, $"is {phase}"),
                var phase => new(false, $"is {phase}, not {wanted}", Hopeless: hopeless.Contains(phase)),
            };

    private static CheckOutcome LoadBalancer(JsonElement service)
    {
        if (service.Text("spec", "type") != "LoadBalancer")
            return new(true, "exists");

        return service.Ingress() is { } address
            ? new(true, $"has the address {address}")
            : new(false, "has no address from a load balancer yet");
    }

    private static string? Of(JsonElement condition) => Joined(condition.Text("reason"), condition.Text("message"));

    private static string? Joined(params string?[] texts) =>
        string.Join(": ", texts.Where(text => !string.IsNullOrEmpty(text))) is { Length: > 0 } words ? words : null;

    private static string? FirstDetail(JsonElement details) =>
        details.ValueKind == JsonValueKind.Object
            ? details.EnumerateObject().Select(each => $"{each.Name}: {each.Value.Text("message")}").FirstOrDefault()
            : null;
}
