using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Kustomize;

namespace PlatformBot.Sandbox.Twin.Flux;

/// <summary>
/// What the twin knows of github.com/keycloak/keycloak-k8s-resources: release 26.4.5, the directory kubernetes, as far as a
/// cluster notices it.
/// </summary>
internal static class KeycloakResources
{
    public const string Repository = "https://github.com/keycloak/keycloak-k8s-resources";
    public const string Tag = "26.4.5";

    /// <summary>The commit that the tag points to.</summary>
    public const string Sha = "6b1de4a8f0c2937e5d41b7a60c98f3e2d7154a0b";

    private const string Group = "k8s.keycloak.org";
    private const string Operator = "keycloak-operator";

    public static IReadOnlyDictionary<string, string> Tree { get; } =
        new Dictionary<string, string>
        {
            [$"kubernetes/keycloaks.{Group}-v1.yml"] = YamlText.Write(
                Manifest.Crd(Group, "Keycloak", "keycloaks", namespaced: true, "v2alpha1")
            ),
            [$"kubernetes/keycloakrealmimports.{Group}-v1.yml"] = YamlText.Write(
                Manifest.Crd(Group, "KeycloakRealmImport", "keycloakrealmimports", namespaced: true, "v2alpha1")
            ),
            ["kubernetes/kubernetes.yml"] = YamlText.Write([
                Manifest.ServiceAccount("", Operator),
                Manifest
                    .New("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "", $"{Operator}-clusterrole-binding")
                    .With(
                        "roleRef",
                        Manifest.Map(
                            ("apiGroup", "rbac.authorization.k8s.io"),
                            ("kind", "ClusterRole"),
                            ("name", $"{Operator}-clusterrole")
                        )
                    )
                    .With(
                        "subjects",
                        new System.Text.Json.Nodes.JsonArray(
                            Manifest.Map(("kind", "ServiceAccount"), ("name", Operator), ("namespace", "keycloak"))
                        )
                    ),
                new Workload(
                    "Deployment",
                    "",
                    Operator,
                    Operator,
                    $"{Operator}=quay.io/keycloak/keycloak-operator:{Tag}"
                ).ToJson(),
            ]),
        };
}
