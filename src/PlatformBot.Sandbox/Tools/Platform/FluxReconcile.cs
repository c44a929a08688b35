using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Tools.Kube;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Tools.Platform;

/// <summary><c>flux reconcile</c>: asks a controller to look now, by an annotation, and waits for what it says.</summary>
internal sealed class FluxReconcile(Func<ToolCall, Flags, Task<(KubeAccess Api, TwinCluster Cluster)>> openAsync)
{
    private const string RequestedAt = "reconcile.fluxcd.io/requestedAt";

    private sealed record Kind(string Words, string Path, string Name);

    private static readonly Kind GitRepository = new(
        "source git",
        "/apis/source.toolkit.fluxcd.io/v1",
        "GitRepository"
    );

    private static readonly Kind[] Kinds =
    [
        GitRepository,
        new("source helm", "/apis/source.toolkit.fluxcd.io/v1", "HelmRepository"),
        new("kustomization", "/apis/kustomize.toolkit.fluxcd.io/v1", "Kustomization"),
        new("ks", "/apis/kustomize.toolkit.fluxcd.io/v1", "Kustomization"),
        new("helmrelease", "/apis/helm.toolkit.fluxcd.io/v2", "HelmRelease"),
        new("hr", "/apis/helm.toolkit.fluxcd.io/v2", "HelmRelease"),
    ];

    public IEnumerable<Command> Commands =>
        Kinds.Select(kind => new Command(
            $"reconcile {kind.Words}",
            "with-source reset force",
            (call, flags) => RunAsync(call, flags, kind)
        ));

    private async Task<int> RunAsync(ToolCall call, Flags flags, Kind kind)
    {
        var name = flags.Words.FirstOrDefault() ?? throw new ToolException($"✗ {kind.Name} name is required");
        var ns = flags.Get("namespace", "flux-system");
        var (api, _) = await openAsync(call, flags);
        var until = call.Now + flags.Duration("timeout", TimeSpan.FromMinutes(5));

        if (flags.IsOn("with-source"))
            await ReconcileSourceAsync(call, api, kind, ns, name, until);

        await ReconcileAsync(call, api, kind, ns, name, until, flags);
        return 0;
    }

    private static async Task ReconcileSourceAsync(
        ToolCall call,
        KubeAccess api,
        Kind kind,
        string ns,
        string name,
        DateTimeOffset until
    )
    {
        var source = (await ReadAsync(call, api, kind, ns, name))["spec"]?["sourceRef"];

        if ((string?)source?["kind"] is "GitRepository")
        {
            await ReconcileAsync(
                call,
                api,
                GitRepository,
                (string?)source["namespace"] ?? ns,
                (string?)source["name"] ?? "",
                until,
                flags: null
            );
        }
    }

    private static async Task ReconcileAsync(
        ToolCall call,
        KubeAccess api,
        Kind kind,
        string ns,
        string name,
        DateTimeOffset until,
        Flags? flags
    )
    {
        call.ComplainLine($"► annotating {kind.Name} {name} in {ns} namespace");
        var stamp = $"{call.Now:O}";
        var annotations = new JsonObject { [RequestedAt] = stamp };

        foreach (var (flag, annotation) in new[] { ("reset", "resetAt"), ("force", "forceAt") })
        {
            if (flags?.IsOn(flag) == true)
                annotations[$"reconcile.fluxcd.io/{annotation}"] = stamp;
        }

        var patch = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } };
        var answer = await api.Client.SendAsync(
            HttpMethod.Patch,
            PathOf(kind, ns, name),
            patch,
            "application/merge-patch+json",
            call.Killed
        );

        if (!answer.IsOk)
            throw new ToolException($"✗ {answer.Message}");

        call.ComplainLine($"✔ {kind.Name} annotated\n◎ waiting for {kind.Name} reconciliation");
        call.ComplainLine(await WaitAsync(call, api, kind, ns, name, stamp, until));
    }

    private static async Task<string> WaitAsync(
        ToolCall call,
        KubeAccess api,
        Kind kind,
        string ns,
        string name,
        string stamp,
        DateTimeOffset until
    )
    {
        while (true)
        {
            var json = await ReadAsync(call, api, kind, ns, name);
            var ready = FluxObjects.Condition(json, "Ready");
            var isHandled = (string?)json["status"]?["lastHandledReconcileAt"] == stamp;

            if (isHandled && (string?)ready?["status"] == "True")
                return Done(kind, json);

            if (
                isHandled
                && (string?)ready?["status"] == "False"
                && (string?)ready["reason"] is not ("DependencyNotReady" or "Progressing")
            )
            {
                throw new ToolException($"✗ {kind.Name} reconciliation failed: '{ready["message"]}'");
            }

            if (call.Now >= until)
                throw new ToolException("✗ context deadline exceeded");

            await call.PauseAsync(TimeSpan.FromSeconds(1));
        }
    }

    private static string Done(Kind kind, JsonObject json) =>
        kind.Name switch
        {
            "GitRepository" or "HelmRepository" => $"✔ fetched revision {json["status"]?["artifact"]?["revision"]}",
            "Kustomization" => $"✔ applied revision {json["status"]?["lastAppliedRevision"]}",
            _ => $"✔ applied revision {(json["status"]?["history"] as JsonArray)?.FirstOrDefault()?["chartVersion"]}",
        };

    private static async Task<JsonObject> ReadAsync(ToolCall call, KubeAccess api, Kind kind, string ns, string name)
    {
        var answer = await api.Client.GetAsync(PathOf(kind, ns, name), call.Killed);
        return answer.IsOk ? answer.Json : throw new ToolException($"✗ {answer.Message}");
    }

    private static string PathOf(Kind kind, string ns, string name) =>
        $"{kind.Path}/namespaces/{ns}/{(kind.Name == "GitRepository" ? "gitrepositories" : kind.Name == "HelmRepository" ? "helmrepositories" : $"{kind.Name.ToLowerInvariant()}s")}/{name}";
}
