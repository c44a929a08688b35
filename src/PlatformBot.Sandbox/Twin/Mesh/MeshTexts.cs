namespace PlatformBot.Sandbox.Twin.Mesh;

/// <summary>Linkerd's own words and names, where more than one place needs them.</summary>
internal static class MeshTexts
{
    public const string Version = "edge-25.10.7";

    public const string LinkApi = "multicluster.linkerd.io/v1alpha3";

    public const string GatewayIdentity =
        "linkerd-gateway.linkerd-multicluster.serviceaccount.identity.linkerd.cluster.local";

    public const string GatewayApiMissing =
        "The Gateway API CRDs must be installed prior to installing Linkerd. Run:\n\n"
        + "kubectl apply --server-side -f https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.4.0/standard-install.yaml\n\n"
        + "or see https://gateway-api.sigs.k8s.io/guides/#installing-gateway-api for more options.";
}
