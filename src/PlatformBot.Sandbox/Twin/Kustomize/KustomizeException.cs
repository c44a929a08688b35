namespace PlatformBot.Sandbox.Twin.Kustomize;

/// <summary>A kustomization that does not build, in kustomize's words.</summary>
public sealed class KustomizeException(string message) : Exception(message);
