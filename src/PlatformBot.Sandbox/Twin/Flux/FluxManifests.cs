using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Flux;

/// <summary>What `flux bootstrap` writes into the repository: gotk-components.yaml and gotk-sync.yaml.</summary>
internal static class FluxManifests
{
    private const string Namespace = FluxKinds.Namespace;

    public static readonly (string Name, string Version)[] Controllers =
    [
        ("helm-controller", "v1.4.2"),
        ("kustomize-controller", "v1.7.1"),
        ("notification-controller", "v1.7.3"),
        ("source-controller", "v1.7.2"),
    ];

    private static readonly (string Group, string Kind, string Plural, string Version)[] Kinds =
    [
        ("notification.toolkit.fluxcd.io", "Alert", "alerts", "v1beta3"),
        ("source.toolkit.fluxcd.io", "Bucket", "buckets", "v1"),
        ("source.toolkit.fluxcd.io", "ExternalArtifact", "externalartifacts", "v1"),
        ("source.toolkit.fluxcd.io", "GitRepository", "gitrepositories", "v1"),
        ("source.toolkit.fluxcd.io", "HelmChart", "helmcharts", "v1"),
        ("helm.toolkit.fluxcd.io", "HelmRelease", "helmreleases", "v2"),
        ("source.toolkit.fluxcd.io", "HelmRepository", "helmrepositories", "v1"),
        ("kustomize.toolkit.fluxcd.io", "Kustomization", "kustomizations", "v1"),
        ("source.toolkit.fluxcd.io", "OCIRepository", "ocirepositories", "v1"),
        ("notification.toolkit.fluxcd.io", "Provider", "providers", "v1beta3"),
        ("notification.toolkit.fluxcd.io", "Receiver", "receivers", "v1"),
    ];

    /// <param name="version">of Flux, "v2.7.2"</param>
    public static IReadOnlyList<JsonObject> Components(string version) =>
        [
            .. new[] { NewNamespace() }
                .Concat(
                    Kinds.Select(kind =>
                        WithStatusDefault(
                            Manifest.Crd(kind.Group, kind.Kind, kind.Plural, namespaced: true, kind.Version)
                        )
                    )
                )
                .Concat(Controllers.SelectMany(Controller))
                .Append(Manifest.Service(Namespace, "source-controller", Map("source-controller"), ("http", 80)))
                .Append(
                    Manifest.Service(Namespace, "notification-controller", Map("notification-controller"), ("http", 80))
                )
                .Append(Manifest.Service(Namespace, "webhook-receiver", Map("notification-controller"), ("http", 80)))
                .Select(json =>
                    json.Labelled(
                        ("app.kubernetes.io/instance", Namespace),
                        ("app.kubernetes.io/part-of", "flux"),
                        ("app.kubernetes.io/version", version)
                    )
                ),
        ];

    /// <summary>What no controller has looked at yet has observed generation -1, so that nobody takes it for done.</summary>
    private static JsonObject WithStatusDefault(JsonObject crd)
    {
        foreach (var version in crd.ItemsAt("spec.versions"))
        {
            version!["schema"]!["openAPIV3Schema"]!["properties"] = new JsonObject
            {
                ["status"] = new JsonObject
                {
                    ["type"] = "object",
                    ["default"] = new JsonObject { ["observedGeneration"] = -1 },
                    ["x-kubernetes-preserve-unknown-fields"] = true,
                },
            };
        }

        return crd;
    }

    /// <param name="path">"./kubernetes/clusters/infra"</param>
    public static IReadOnlyList<JsonObject> Sync(string url, string branch, string path) =>
        [
            Manifest
                .New(FluxKinds.Source, "GitRepository", Namespace, Namespace)
                .With(
                    "spec",
                    new JsonObject
                    {
                        ["interval"] = "1m0s",
                        ["ref"] = Manifest.Map(("branch", branch)),
                        ["secretRef"] = Manifest.Map(("name", Namespace)),
                        ["url"] = url,
                    }
                ),
            Manifest
                .New(FluxKinds.Kustomize, "Kustomization", Namespace, Namespace)
                .With(
                    "spec",
                    new JsonObject
                    {
                        ["interval"] = "10m0s",
                        ["path"] = path,
                        ["prune"] = true,
                        ["sourceRef"] = Manifest.Map(("kind", "GitRepository"), ("name", Namespace)),
                    }
                ),
        ];

    public static JsonObject Kustomization() =>
        new()
        {
            ["apiVersion"] = "kustomize.config.k8s.io/v1beta1",
            ["kind"] = "Kustomization",
            ["resources"] = new JsonArray("gotk-components.yaml", "gotk-sync.yaml"),
        };

    private static JsonObject Map(string app) => Manifest.Map(("app", app));

    private static JsonObject NewNamespace() =>
        Manifest.New("v1", "Namespace", "", Namespace).Labelled(("pod-security.kubernetes.io/warn", "restricted"));

    private static IEnumerable<JsonObject> Controller((string Name, string Version) controller)
    {
        yield return Manifest.ServiceAccount(Namespace, controller.Name);
        yield return new Workload(
            "Deployment",
            Namespace,
            controller.Name,
            controller.Name,
            $"manager=ghcr.io/fluxcd/{controller.Name}:{controller.Version}"
        )
        {
            Labels = Map(controller.Name),
        }.ToJson();
    }
}
