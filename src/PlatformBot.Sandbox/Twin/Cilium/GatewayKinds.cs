namespace PlatformBot.Sandbox.Twin.Cilium;

/// <summary>The Gateway API's kinds.</summary>
internal static class GatewayKinds
{
    public const string Group = "gateway.networking.k8s.io";
    public const string ApiVersion = $"{Group}/v1";
}
