using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Flux;

/// <summary>Reading and writing status conditions and reconcile requests, as all Flux controllers do.</summary>
internal static class Conditions
{
    private const string RequestedAt = "reconcile.fluxcd.io/requestedAt";

    public static JsonObject StatusOf(this JsonObject json)
    {
        if (json["status"] is not JsonObject status)
            json["status"] = status = [];

        return status;
    }

    /// <summary>The time of the last change moves only when the condition's status does.</summary>
    public static void Set(
        this JsonObject json,
        DateTimeOffset now,
        string type,
        string value,
        string reason,
        string message
    )
    {
        var status = json.StatusOf();

        if (status["conditions"] is not JsonArray conditions)
            status["conditions"] = conditions = [];

        var old = conditions.OfType<JsonObject>().FirstOrDefault(one => (string?)one["type"] == type);
        var changed = old is null || (string?)old["status"] != value;
        var condition = new JsonObject
        {
            ["type"] = type,
            ["status"] = value,
            ["reason"] = reason,
            ["message"] = message,
            ["observedGeneration"] = (long?)json["metadata"]?["generation"] ?? 1,
            ["lastTransitionTime"] = changed ? Timestamp.Of(now) : (string?)old!["lastTransitionTime"],
        };

        if (old is not null)
            conditions[conditions.IndexOf(old)] = condition;
        else
            conditions.Add(condition);
    }

    public static void Unset(this JsonObject json, params string[] types)
    {
        if (json["status"]?["conditions"] is not JsonArray conditions)
            return;

        foreach (var old in conditions.OfType<JsonObject>().Where(one => types.Contains((string?)one["type"])).ToList())
            conditions.Remove(old);
    }

    /// <summary>Ready=Unknown and Reconciling=True: work has begun.</summary>
    public static void Begin(this JsonObject json, DateTimeOffset now, string message)
    {
        json.Unset("Stalled");
        json.Set(now, "Reconciling", "True", "Progressing", message);
        json.Set(now, "Ready", "Unknown", "Progressing", "Reconciliation in progress");
    }

    /// <summary>Ready=True; what was asked for is done.</summary>
    public static void Succeed(this JsonObject json, DateTimeOffset now, string reason, string message)
    {
        json.Unset("Reconciling", "Stalled");
        json.Set(now, "Ready", "True", reason, message);
        json.Observe();
    }

    /// <summary>Ready=False; the controller will try again.</summary>
    public static void Fail(this JsonObject json, DateTimeOffset now, string reason, string message)
    {
        json.Unset("Reconciling");
        json.Set(now, "Ready", "False", reason, message);
        json.Observe();
    }

    /// <summary>Writes down which generation and which request this attempt was for.</summary>
    public static void Observe(this JsonObject json)
    {
        var status = json.StatusOf();
        status["observedGeneration"] = (long?)json["metadata"]?["generation"] ?? 1;

        if (Requested(json) is { } asked)
            status["lastHandledReconcileAt"] = asked;
    }

    public static string? Requested(this JsonObject json) => (string?)json["metadata"]?["annotations"]?[RequestedAt];

    /// <summary>True when the spec has changed since the last attempt, or somebody has asked for one.</summary>
    public static bool IsAskedFor(this JsonObject json) =>
        (long?)json["status"]?["observedGeneration"] != ((long?)json["metadata"]?["generation"] ?? 1)
        || Requested(json) is { } asked && asked != (string?)json["status"]?["lastHandledReconcileAt"];

    public static bool IsReady(this JsonObject json) =>
        Health.IsTrue(json, "Ready")
        && (long?)json["status"]?["observedGeneration"] == ((long?)json["metadata"]?["generation"] ?? 1);

    /// <summary>A Go duration: "1h", "10m0s", "90s", "1h30m".</summary>
    public static TimeSpan Duration(JsonNode? text, TimeSpan otherwise)
    {
        var total = TimeSpan.Zero;
        var number = 0L;

        foreach (var c in (string?)text ?? "")
        {
            if (char.IsAsciiDigit(c))
            {
                number = number * 10 + (c - '0');
                continue;
            }

            total += c switch
            {
                'h' => TimeSpan.FromHours(number),
                'm' => TimeSpan.FromMinutes(number),
                's' => TimeSpan.FromSeconds(number),
                _ => TimeSpan.Zero,
            };
            number = 0;
        }

        return total == TimeSpan.Zero ? otherwise : total;
    }
}
