namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>A kind of object as the API serves it.</summary>
/// <param name="Subresources">status, scale, log, …</param>
/// <param name="StorageVersion">The version in which the objects lie in the store; for custom kinds it may be another one.</param>
/// <param name="Custom">True when a CustomResourceDefinition made it.</param>
public sealed record Resource(
    string Group,
    string Version,
    string Plural,
    string Kind,
    bool Namespaced,
    IReadOnlyList<string> ShortNames,
    IReadOnlyList<string> Subresources,
    string StorageVersion,
    bool Custom
)
{
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public string StorageApiVersion => Group.Length == 0 ? StorageVersion : $"{Group}/{StorageVersion}";

    /// <summary>"configmaps", "deployments.apps": how messages name it.</summary>
    public string FullName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>True when only the /status subresource may write the status.</summary>
    public bool HasStatus => Subresources.Contains("status");
}
