using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Tools.Kube;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Vault;

namespace PlatformBot.Sandbox.Tools.Platform;

/// <summary>flux: checks, bootstrap, tables and reconciliation. Its log lines go to stderr, tables to stdout.</summary>
internal sealed class FluxTool(TwinWorld world, KubeClients clients, PasswordVault vault)
{
    private static readonly string[] Crds =
    [
        "alerts.notification.toolkit.fluxcd.io/v1beta3",
        "gitrepositories.source.toolkit.fluxcd.io/v1",
        "helmreleases.helm.toolkit.fluxcd.io/v2",
        "kustomizations.kustomize.toolkit.fluxcd.io/v1",
    ];

    private readonly TwinAccess _access = new(world, clients);

    public Tool Create()
    {
        var bootstrap = new FluxBootstrapCommand(world, vault, OpenAsync);
        var tables = new FluxTables(OpenAsync);
        var reconcile = new FluxReconcile(OpenAsync);

        return new(
            "flux",
            "context= kubeconfig= namespace,n= timeout= verbose",
            "✗ {0}",
            [
                Command.Quick("version", "client output,o=", Version),
                new Command("check", "pre components=", CheckAsync),
                new Command("bootstrap github", FluxBootstrapCommand.Flags, bootstrap.RunAsync),
                .. tables.Commands,
                .. reconcile.Commands,
            ]
        );
    }

    private static int Version(ToolCall call, Flags flags)
    {
        if (!flags.IsOn("client"))
            throw new ToolException("✗ the sandbox's flux knows its own version only: use --client");

        call.PrintLine(flags.Get("output") is "json" ? "{\n  \"flux\": \"v2.7.2\"\n}" : "flux: v2.7.2");
        return 0;
    }

    private async Task<int> CheckAsync(ToolCall call, Flags flags)
    {
        call.ComplainLine("► checking prerequisites");
        var (api, cluster) = await OpenAsync(call, flags);
        var version = ((string?)(await api.GetAsync("/version")).Json["gitVersion"] ?? "").TrimStart('v');
        call.ComplainLine($"✔ Kubernetes {version} >=1.32.0-0");

        if (flags.IsOn("pre"))
        {
            call.ComplainLine("✔ prerequisites checks passed");
            return 0;
        }

        var controllers = cluster.Objects.List("apps/v1", "Deployment", "flux-system");

        if (controllers.Count == 0)
        {
            call.ComplainLine("► checking controllers");
            call.ComplainLine(
                "✗ no controllers found in the 'flux-system' namespace with the label selector 'app.kubernetes.io/part-of=flux'"
            );
            throw new ToolException("✗ check failed");
        }

        call.ComplainLine(
            "► checking version in cluster\n✔ distribution: flux-v2.7.2\n✔ bootstrapped: true\n► checking controllers"
        );
        var until = call.Now + flags.Duration("timeout", TimeSpan.FromMinutes(5));
        var failed = false;

        foreach (var controller in controllers)
            failed |= !await IsReadyAsync(call, cluster, ObjectKey.Of(controller), until);

        call.ComplainLine("► checking crds");

        foreach (var crd in Crds.Where(crd => cluster.Objects.Get(CrdKey(crd)) is not null))
            call.ComplainLine($"✔ {crd}");

        call.ComplainLine(failed ? "✗ check failed" : "✔ all checks passed");
        return failed ? 1 : 0;
    }

    private static async Task<bool> IsReadyAsync(
        ToolCall call,
        TwinCluster cluster,
        ObjectKey key,
        DateTimeOffset until
    )
    {
        while (!FluxObjects.IsAvailable(cluster.Objects.Get(key)) && call.Now < until)
            await call.PauseAsync(TimeSpan.FromSeconds(2));

        var deployment = cluster.Objects.Get(key);
        var isReady = FluxObjects.IsAvailable(deployment);
        call.ComplainLine(isReady ? $"✔ {key.Name}: deployment ready" : $"✗ {key.Name}: deployment not ready");
        call.ComplainLine($"► {deployment?["spec"]?["template"]?["spec"]?["containers"]?[0]?["image"]}");
        return isReady;
    }

    private static ObjectKey CrdKey(string crd) =>
        new("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", crd.Split('/')[0]);

    private Task<(KubeAccess Api, TwinCluster Cluster)> OpenAsync(ToolCall call, Flags flags) =>
        _access.OpenAsync(
            call,
            flags.Get("context"),
            flags.Get("kubeconfig"),
            reason =>
                reason.StartsWith("Get ", StringComparison.Ordinal)
                    ? $"✗ Kubernetes API call failed: {reason}"
                    : $"✗ Kubernetes client initialization failed: {reason}"
        );
}

/// <summary>What several commands of flux read from objects.</summary>
internal static class FluxObjects
{
    public static JsonObject? Condition(JsonObject? json, string type) =>
        (json?["status"]?["conditions"] as JsonArray ?? [])
            .OfType<JsonObject>()
            .FirstOrDefault(condition => (string?)condition["type"] == type);

    public static bool IsAvailable(JsonObject? deployment) =>
        (string?)Condition(deployment, "Available")?["status"] == "True";

    /// <summary>main@sha1:5b1d0c9e instead of the whole digest.</summary>
    public static string Short(string revision)
    {
        var at = revision.IndexOf(':', StringComparison.Ordinal);
        return at >= 0 && revision.Length > at + 9 ? revision[..(at + 9)] : revision;
    }
}
