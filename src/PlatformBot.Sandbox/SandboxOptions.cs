namespace PlatformBot.Sandbox;

/// <summary>How the simulated world is started.</summary>
public sealed record SandboxOptions
{
    /// <summary>An empty folder of the sandbox's own: tools, kubeconfigs, the GitOps checkout and the vault live there.</summary>
    public required string Directory { get; init; }
}
