namespace PlatformBot.Sandbox.Chat;

/// <summary>How the sandbox's chat server is started.</summary>
public sealed record ChatOptions
{
    /// <summary>TCP port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>User names of the people; all of them are members of the team and of its channels.</summary>
    public IReadOnlyList<string> People { get; init; } = ["ada", "grace", "linus", "mallory"];

    /// <summary>Other pages of the sandbox (name → URL), shown as links on the chat page. Read each time the page is opened.</summary>
    public IReadOnlyDictionary<string, string> Links { get; init; } = new Dictionary<string, string>();

    /// <summary>How long the server waits for the answer of an integration: 30 s, as the real one does.</summary>
    public TimeSpan CallbackTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Told of every request, and may lose it; null loses none.</summary>
    public CallLoss? Loses { get; init; }

    /// <summary>Null, as by default on a real server: no limit.</summary>
    public RateLimit? RateLimit { get; init; }
}

/// <summary>All requests of one address share a bucket; one that finds it empty gets 429.</summary>
/// <param name="PerSecond">requests per second in the long run</param>
/// <param name="MaxBurst">how many more may come at once</param>
public sealed record RateLimit(int PerSecond, int MaxBurst);

/// <summary>Somebody who can log in to the sandbox's chat.</summary>
/// <param name="Token">a session token: <c>Authorization: Bearer …</c></param>
public sealed record ChatPerson(string Id, string Name, string Token);
