namespace PlatformBot.Sandbox.Twin.Flux;

internal static class FluxKinds
{
    public const string Source = "source.toolkit.fluxcd.io/v1";
    public const string Kustomize = "kustomize.toolkit.fluxcd.io/v1";
    public const string Helm = "helm.toolkit.fluxcd.io/v2";
    public const string Namespace = "flux-system";
}
