using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Tools.Kube;

/// <summary>kubectl wait and rollout status.</summary>
internal sealed class KubectlWaits(Func<ToolCall, Flags, Task<KubeAccess>> openAsync)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public async Task<int> WaitAsync(ToolCall call, Flags flags)
    {
        var access = await openAsync(call, flags);
        var condition = flags.Get("for") ?? throw new ToolException("error: must specify --for");
        var targets = await KubeTargets.ExpandAsync(access, flags);
        var until = call.Now + flags.Duration("timeout", TimeSpan.FromSeconds(30));
        var failures = 0;

        // To wait for an end and to find nothing is to be done.
        if (targets.Count == 0 && condition is not "delete")
            throw new ToolException("error: no matching resources found");

        foreach (var target in targets)
        {
            if (await HoldsAsync(call, access, target, condition, until))
            {
                call.PrintLine(condition is "delete" ? $"{target.Display} deleted" : $"{target.Display} condition met");
                continue;
            }

            call.ComplainLine(
                $"{(targets.Count == 1 ? "error: " : "")}timed out waiting for the condition on {target.Resource.Plural}/{target.Name}"
            );
            failures++;
        }

        return failures > 0 ? 1 : 0;
    }

    public async Task<int> RolloutAsync(ToolCall call, Flags flags)
    {
        var access = await openAsync(call, flags);
        var target = (await KubeTargets.ExpandAsync(access, flags))[0];
        var until = call.Now + flags.Duration("timeout", TimeSpan.FromDays(1));
        var said = "";

        while (true)
        {
            var (isDone, message) = Rollout((await access.GetAsync(target.Path)).Json);

            if (message != said)
                call.PrintLine(said = message);

            if (isDone)
                return 0;

            if (call.Now >= until)
                throw new ToolException("error: timed out waiting for the condition");

            await call.PauseAsync(Look);
        }
    }

    private static async Task<bool> HoldsAsync(
        ToolCall call,
        KubeAccess access,
        KubeTarget target,
        string condition,
        DateTimeOffset until
    )
    {
        while (true)
        {
            var answer = await access.Client.GetAsync(target.Path, call.Killed);

            if (condition is "delete" && answer.Status == 404)
                return true;

            if (!answer.IsOk)
                throw KubeErrors.From(answer);

            if (condition is not "delete" && Holds(answer.Json, condition))
                return true;

            if (call.Now >= until)
                return false;

            await call.PauseAsync(Look);
        }
    }

    private static bool Holds(JsonObject json, string condition)
    {
        if (condition.StartsWith("condition=", StringComparison.Ordinal))
        {
            var wanted = condition["condition=".Length..].Split('=', 2);
            return Conditions(json)
                .Any(found =>
                    string.Equals((string?)found["type"], wanted[0], StringComparison.OrdinalIgnoreCase)
                    && string.Equals(
                        (string?)found["status"],
                        wanted.ElementAtOrDefault(1) ?? "True",
                        StringComparison.OrdinalIgnoreCase
                    )
                    && IsCurrent(json, found)
                );
        }

        if (!condition.StartsWith("jsonpath=", StringComparison.Ordinal))
            throw new ToolException($"error: unrecognized condition: \"{condition}\"");

        var written = condition["jsonpath=".Length..].Trim('\'');
        var brace = written.IndexOf('}', StringComparison.Ordinal);
        var found = JsonPath.Print(json, written[..(brace + 1)]);
        return written.Length > brace + 1 ? found == written[(brace + 2)..] : found.Length > 0;
    }

    /// <summary>A condition that says for which generation it was seen counts only for the newest one.</summary>
    private static bool IsCurrent(JsonObject json, JsonObject condition) =>
        (long?)condition["observedGeneration"] is not { } seen || seen >= ((long?)json["metadata"]?["generation"] ?? 0);

    private static (bool IsDone, string Message) Rollout(JsonObject json)
    {
        var name = KubeTargets.Name(json);
        int Status(string field) => (int?)json["status"]?[field] ?? 0;
        var isSeen =
            ((long?)json["status"]?["observedGeneration"] ?? 0) >= ((long?)json["metadata"]?["generation"] ?? 0);

        if ((string?)json["kind"] == "DaemonSet")
        {
            var (desired, available) = (
                Status("desiredNumberScheduled"),
                Math.Min(Status("updatedNumberScheduled"), Status("numberAvailable"))
            );
            return !isSeen ? (false, "Waiting for daemon set spec update to be observed...")
                : available < desired || desired == 0
                    ? (
                        false,
                        $"Waiting for daemon set \"{name}\" rollout to finish: {available} of {desired} updated pods are available..."
                    )
                : (true, $"daemon set \"{name}\" successfully rolled out");
        }

        var what = (string?)json["kind"] == "StatefulSet" ? "statefulset" : "deployment";
        var wanted = (int?)json["spec"]?["replicas"] ?? 1;
        var ready = Math.Min(
            Status("updatedReplicas"),
            what == "deployment" ? Status("availableReplicas") : Status("readyReplicas")
        );

        if (Conditions(json).Any(condition => (string?)condition["reason"] == "ProgressDeadlineExceeded"))
            throw new ToolException($"error: deployment \"{name}\" exceeded its progress deadline");

        return !isSeen ? (false, $"Waiting for {what} spec update to be observed...")
            : ready < wanted
                ? (
                    false,
                    $"Waiting for {what} \"{name}\" rollout to finish: {ready} of {wanted} updated replicas are available..."
                )
            : (true, $"{what} \"{name}\" successfully rolled out");
    }

    private static IEnumerable<JsonObject> Conditions(JsonObject json) =>
        (json["status"]?["conditions"] as JsonArray ?? []).OfType<JsonObject>();
}
