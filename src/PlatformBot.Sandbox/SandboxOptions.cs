namespace PlatformBot.Sandbox;

/// <summary>How the simulated world is started.</summary>
public sealed record SandboxOptions
{
    /// <summary>An empty folder of the sandbox's own: tools, the GitOps checkout and client configurations live there.</summary>
    public required string Directory { get; init; }

    /// <summary>The tree that the GitOps repository holds at the beginning; null for an empty repository.</summary>
    public string? Seed { get; init; }

    /// <summary>How many times as fast as real time the platform lives. 1 to 1000.</summary>
    public double Speed { get; init; } = 60;

    /// <summary>What goes wrong, by name: "infra/cilium-install:times=1".</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>Told of every call of the world, and may lose it; null loses none.</summary>
    public CallLoss? Loses { get; init; }

    /// <summary>The chat page's port; 0 takes a free one.</summary>
    public int ChatPort { get; init; }

    /// <summary>The tracker page's port; 0 takes a free one.</summary>
    public int TrackerPort { get; init; }
}
