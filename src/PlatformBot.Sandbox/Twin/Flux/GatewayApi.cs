using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Kustomize;

namespace PlatformBot.Sandbox.Twin.Flux;

/// <summary>
/// What the twin knows of github.com/kubernetes-sigs/gateway-api: release v1.4.0, standard channel, its CRDs without
/// their schemas.
/// </summary>
public static class GatewayApi
{
    public const string Repository = "https://github.com/kubernetes-sigs/gateway-api";
    public const string Tag = "v1.4.0";

    /// <summary>Where the release's one file is downloaded from.</summary>
    public const string InstallUrl = $"{Repository}/releases/download/{Tag}/standard-install.yaml";

    private const string Group = "gateway.networking.k8s.io";

    private static readonly (string Kind, string Plural, bool Namespaced, string[] Versions)[] Kinds =
    [
        ("BackendTLSPolicy", "backendtlspolicies", true, ["v1", "v1alpha3"]),
        ("GatewayClass", "gatewayclasses", false, ["v1", "v1beta1"]),
        ("Gateway", "gateways", true, ["v1", "v1beta1"]),
        ("GRPCRoute", "grpcroutes", true, ["v1"]),
        ("HTTPRoute", "httproutes", true, ["v1", "v1beta1"]),
        ("ReferenceGrant", "referencegrants", true, ["v1beta1"]),
    ];

    /// <summary>The content of <see cref="InstallUrl"/>.</summary>
    public static string StandardInstall { get; } = YamlText.Write(Crds());

    /// <summary>The repository's files at <see cref="Tag"/>, as far as anybody reads them.</summary>
    public static IReadOnlyDictionary<string, string> Tree { get; } = Files();

    /// <summary>The commit that the tag points to.</summary>
    public const string Sha = "3f2a1b4c5d6e7f80911a2b3c4d5e6f7081920a1b";

    private static IEnumerable<JsonObject> Crds() =>
        Kinds.Select(kind =>
            Manifest
                .Crd(Group, kind.Kind, kind.Plural, kind.Namespaced, kind.Versions)
                .Annotated(
                    ("api-approved.kubernetes.io", "https://github.com/kubernetes-sigs/gateway-api/pull/3328"),
                    ("gateway.networking.k8s.io/bundle-version", Tag),
                    ("gateway.networking.k8s.io/channel", "standard")
                )
        );

    private static Dictionary<string, string> Files()
    {
        var files = Crds()
            .ToDictionary(
                crd => $"config/crd/standard/{(string)crd["metadata"]!["name"]!}.yaml",
                crd => YamlText.Write(crd)
            );
        var resources = files.Keys.Select(file => JsonValue.Create(file["config/crd/".Length..])).ToArray<JsonNode>();
        files["config/crd/kustomization.yaml"] = YamlText.Write(
            new JsonObject
            {
                ["apiVersion"] = "kustomize.config.k8s.io/v1beta1",
                ["kind"] = "Kustomization",
                ["resources"] = new JsonArray(resources),
            }
        );
        return files;
    }
}
