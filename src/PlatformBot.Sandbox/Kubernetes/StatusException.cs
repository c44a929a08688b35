using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>An API answer that is a Status with status Failure. Thrown where it is found, written to the wire in one place.</summary>
public sealed class StatusException(int code, string? reason, string message, JsonObject? details = null)
    : Exception(message)
{
    public int Code { get; } = code;

    public string? Reason { get; } = reason;

    /// <summary>The token with which a list that has expired can be read on, inconsistently; null for everything else.</summary>
    public string? Continue { get; init; }

    /// <summary>The Status as it goes over the wire.</summary>
    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
        };

        if (Continue is not null)
            status["metadata"]!["continue"] = Continue;

        if (Reason is not null)
            status["reason"] = Reason;

        if (details is not null)
            status["details"] = details.DeepClone();

        status["code"] = Code;
        return status;
    }
}
