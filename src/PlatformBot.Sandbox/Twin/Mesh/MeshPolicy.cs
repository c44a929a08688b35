using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Mesh;

/// <summary>What a proxy does with a connection, and in whose name.</summary>
/// <param name="Server">the Server that covers the port; "" when none does</param>
/// <param name="Kind">authz_kind, as the proxy's metrics have it: "authorizationpolicy" or "default"; "" when it is refused</param>
/// <param name="Name">authz_name: the policy, "audit" or "all-unauthenticated"; "" when it is refused</param>
internal sealed record MeshVerdict(string Server, string Kind, string Name)
{
    public bool IsRefused => Name.Length == 0;
}

/// <summary>Linkerd's inbound policy: Server, AuthorizationPolicy and MeshTLSAuthentication, as a server's proxy applies them.</summary>
internal static class MeshPolicy
{
    private const string Domain = "serviceaccount.identity.linkerd.cluster.local";
    private const string Policies = "policy.linkerd.io/v1alpha1";
    public const string Servers = "policy.linkerd.io/v1beta3";

    /// <summary>"keycloak.security.serviceaccount.identity.linkerd.cluster.local"; "" for a pod without a proxy.</summary>
    public static string IdentityOf(JsonObject pod)
    {
        var account = pod.Text("spec", "serviceAccountName");
        return Pods.IsMeshed(pod) ? $"{(account.Length == 0 ? "default" : account)}.{pod.Namespace()}.{Domain}" : "";
    }

    /// <param name="pod">who is called</param>
    /// <param name="identity">who calls; "" outside the mesh</param>
    public static MeshVerdict Judge(TwinCluster cluster, JsonObject pod, int port, string identity)
    {
        if (!Pods.IsMeshed(pod) || ServerOf(cluster, pod, port) is not { } server)
            return new MeshVerdict("", "default", "all-unauthenticated");

        var policy = cluster
            .Objects.View(Policies, "AuthorizationPolicy", server.Namespace())
            .FirstOrDefault(one =>
                one.Text("spec", "targetRef", "kind") == "Server"
                && one.Text("spec", "targetRef", "name") == server.Name()
                && Authenticates(cluster, one, identity)
            );

        return policy is not null ? new MeshVerdict(server.Name(), "authorizationpolicy", policy.Name())
            : server.Text("spec", "accessPolicy") == "audit" ? new MeshVerdict(server.Name(), "default", "audit")
            : new MeshVerdict(server.Name(), "", "");
    }

    private static JsonObject? ServerOf(TwinCluster cluster, JsonObject pod, int port) =>
        cluster
            .Objects.View(Servers, "Server", pod.Namespace())
            .FirstOrDefault(server =>
                server.Whole("spec", "port") == port && Pods.Fits(pod, server.MappingAt("spec.podSelector.matchLabels"))
            );

    /// <summary>All that it requires must hold; a policy that requires nothing lets everybody in.</summary>
    private static bool Authenticates(TwinCluster cluster, JsonObject policy, string identity) =>
        policy
            .Items("spec", "requiredAuthenticationRefs")
            .All(reference =>
                reference.Text("kind") == "MeshTLSAuthentication"
                && cluster.Objects.View(
                    new ObjectKey(Policies, "MeshTLSAuthentication", policy.Namespace(), reference.Text("name"))
                )
                    is { } authentication
                && authentication.ItemsAt("spec.identities").Any(one => Matches((string?)one ?? "", identity))
            );

    /// <summary>"*" stands for every identity, "*.NAMESPACE.…" for every account of a namespace; no identity is none of them.</summary>
    private static bool Matches(string pattern, string identity) =>
        identity.Length > 0
        && (
            pattern == "*"
            || pattern == identity
            || pattern.StartsWith("*.", StringComparison.Ordinal)
                && identity.EndsWith(pattern[1..], StringComparison.Ordinal)
        );
}
