using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin;

/// <summary>An HTTP request to a Service, through the API server's proxy.</summary>
/// <param name="Port">Number or name, "" when the request names none.</param>
/// <param name="PathAndQuery">Begins with "/".</param>
public sealed record ServiceRequest(
    string Namespace,
    string Service,
    string Port,
    string Method,
    string PathAndQuery,
    string Body
);

public sealed record ServiceAnswer(int Status, string ContentType, string Body)
{
    public static ServiceAnswer Json(int status, string body) => new(status, "application/json", body);

    public static ServiceAnswer Json(int status, JsonNode body) => Json(status, body.ToJsonString());

    /// <summary>Where a redirect leads; "" for other answers.</summary>
    public string Location { get; init; } = "";
}

public sealed record ExecRequest(
    string Namespace,
    string Pod,
    string Container,
    IReadOnlyList<string> Command,
    string Stdin
);

/// <summary>What a command did.</summary>
public sealed record ExecAnswer(int ExitCode, string Stdout, string Stderr)
{
    /// <summary>The connection breaks after the output: the exit code never arrives.</summary>
    public bool IsCutOff { get; init; }
}

public sealed record LogRequest(string Namespace, string Pod, string Container, string Image, bool Previous);

/// <summary>What is wrong with the program in a pod.</summary>
/// <param name="Container">The container that suffers.</param>
/// <param name="Crashes">True: it ends with an error and is started again and again. False: it runs but is not ready.</param>
/// <param name="Log">The line that it logs about it.</param>
public sealed record PodTrouble(string Container, bool Crashes, string Log);
