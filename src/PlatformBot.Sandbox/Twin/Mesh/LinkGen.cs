using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Kustomize;

namespace PlatformBot.Sandbox.Twin.Mesh;

/// <summary>What `linkerd multicluster link-gen` prints: two Secrets with credentials, and the Link.</summary>
public static class LinkGen
{
    /// <param name="clusterName">The link's name on the other cluster.</param>
    /// <param name="apiServerAddress">Where the other cluster reaches this one's API.</param>
    /// <returns>The YAML documents, or why there are none.</returns>
    public static (string? Yaml, string? Error) Render(TwinCluster cluster, string clusterName, string apiServerAddress)
    {
        const string ns = "linkerd-multicluster";

        if (cluster.Objects.View(new ObjectKey("v1", "Service", ns, "linkerd-gateway")) is null)
            return (null, $"services \"linkerd-gateway\" not found");

        if (LinkState.GatewayAddress(cluster) is not { } address)
            return (null, $"gateway linkerd-gateway.{ns} has no ingress addresses");

        if (LinkState.TokenOf(cluster) is not { } token)
        {
            return (
                null,
                $"could not find service account token secret for linkerd-service-mirror-remote-access-default"
            );
        }

        var kubeconfig = SecretText.Encode(
            Kubeconfig(cluster, clusterName, apiServerAddress, SecretText.Decode(token))
        );
        var copy = Secret("linkerd", clusterName, kubeconfig)
            .Annotated(
                ("multicluster.linkerd.io/cluster-domain", "cluster.local"),
                ("multicluster.linkerd.io/trust-domain", "cluster.local")
            )
            .Labelled(("multicluster.linkerd.io/cluster-name", clusterName));
        return (YamlText.Write(Secret(ns, clusterName, kubeconfig), copy, Link(ns, clusterName, address)), null);
    }

    private static JsonObject Secret(string ns, string name, string kubeconfig) =>
        Manifest
            .New("v1", "Secret", ns, $"cluster-credentials-{name}")
            .With("type", "mirror.linkerd.io/remote-kubeconfig")
            .With("data", Manifest.Map(("kubeconfig", kubeconfig)));

    private static JsonObject Link(string ns, string name, string address) =>
        Manifest
            .New(MeshTexts.LinkApi, "Link", ns, name)
            .With(
                "spec",
                new JsonObject
                {
                    ["clusterCredentialsSecret"] = $"cluster-credentials-{name}",
                    ["gatewayAddress"] = address,
                    ["gatewayIdentity"] = MeshTexts.GatewayIdentity,
                    ["gatewayPort"] = "4143",
                    ["probeSpec"] = Manifest.Map(("path", "/ready"), ("period", "3s"), ("port", "4191")),
                    ["selector"] = new JsonObject
                    {
                        ["matchLabels"] = Manifest.Map(("mirror.linkerd.io/exported", "true")),
                    },
                    ["targetClusterDomain"] = "cluster.local",
                    ["targetClusterLinkerdNamespace"] = "linkerd",
                    ["targetClusterName"] = name,
                }
            );

    private static string Kubeconfig(TwinCluster cluster, string name, string server, string token) =>
        YamlText.Write(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Config",
                ["clusters"] = new JsonArray(
                    new JsonObject
                    {
                        ["name"] = name,
                        ["cluster"] = Manifest.Map(
                            ("certificate-authority-data", SecretText.Encode(cluster.CaPem)),
                            ("server", server)
                        ),
                    }
                ),
                ["contexts"] = new JsonArray(
                    new JsonObject
                    {
                        ["name"] = name,
                        ["context"] = Manifest.Map(("cluster", name), ("user", "service-mirror")),
                    }
                ),
                ["current-context"] = name,
                ["users"] = new JsonArray(
                    new JsonObject { ["name"] = "service-mirror", ["user"] = Manifest.Map(("token", token)) }
                ),
            }
        )["---\n".Length..];
}
