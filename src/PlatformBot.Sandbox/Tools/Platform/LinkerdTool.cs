using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Tools.Kube;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Mesh;

namespace PlatformBot.Sandbox.Tools.Platform;

/// <summary>linkerd: the checks of the mesh, the gateways, and what links two clusters.</summary>
internal sealed class LinkerdTool(TwinWorld world, KubeClients clients)
{
    private const string CheckFlags = "pre wait= output,o= proxy crds";

    private readonly TwinAccess _access = new(world, clients);

    public Tool Create() =>
        new(
            "linkerd",
            "context= kubeconfig= namespace,n= linkerd-namespace,L= verbose",
            "Error: {0}",
            [
                new Command("version", "client short", VersionAsync),
                new Command("check", CheckFlags, CheckAsync),
                new Command(
                    "viz check",
                    CheckFlags,
                    (call, flags) => RunChecksAsync(call, flags, cluster => [MeshChecks.OfViz(cluster)])
                ),
                new Command(
                    "multicluster check",
                    CheckFlags,
                    (call, flags) => RunChecksAsync(call, flags, cluster => [MeshChecks.OfMulticluster(world, cluster)])
                ),
                new Command("multicluster gateways", "wait= output,o= time-window=", GatewaysAsync),
                new Command("multicluster link-gen", "cluster-name= api-server-address=", LinkGenAsync),
            ]
        );

    private async Task<int> VersionAsync(ToolCall call, Flags flags)
    {
        call.PrintLine(flags.IsOn("short") ? "edge-25.10.7" : "Client version: edge-25.10.7");

        if (flags.IsOn("client"))
            return 0;

        var server = "unavailable";

        try
        {
            var (_, cluster) = await OpenAsync(call, flags);
            server = cluster.Objects.Get(new ObjectKey("v1", "ConfigMap", "linkerd", "linkerd-config")) is null
                ? server
                : "edge-25.10.7";
        }
        catch (ToolException)
        {
            // The real one says "unavailable" and succeeds.
        }

        call.PrintLine(flags.IsOn("short") ? server : $"Server version: {server}");
        return 0;
    }

    private Task<int> CheckAsync(ToolCall call, Flags flags) =>
        RunChecksAsync(
            call,
            flags,
            cluster => flags.IsOn("pre") ? [MeshChecks.BeforeInstall(cluster)] : Everything(cluster)
        );

    /// <summary>The control plane's checks, then those of every extension that is installed.</summary>
    private IReadOnlyList<IReadOnlyList<MeshCheck>> Everything(TwinCluster cluster)
    {
        bool Has(string ns, string deployment) =>
            cluster.Objects.Get(new ObjectKey("apps/v1", "Deployment", ns, deployment)) is not null;

        var documents = new List<IReadOnlyList<MeshCheck>> { MeshChecks.Installed(world, cluster) };

        if (Has("linkerd-multicluster", "linkerd-gateway"))
            documents.Add(MeshChecks.OfMulticluster(world, cluster));

        if (Has("linkerd-viz", "web"))
            documents.Add(MeshChecks.OfViz(cluster));

        return documents;
    }

    private async Task<int> RunChecksAsync(
        ToolCall call,
        Flags flags,
        Func<TwinCluster, IReadOnlyList<IReadOnlyList<MeshCheck>>> look
    )
    {
        var (_, cluster) = await OpenAsync(call, flags);
        var until = call.Now + flags.Duration("wait", TimeSpan.FromMinutes(5));
        // What a fault breaks stays broken for this call, however long it waits.
        var waits = !world.Faults.Lasts($"{cluster.Name}/linkerd-check");
        var documents = look(cluster);

        while (waits && documents.Any(HasErrors) && call.Now < until)
        {
            await call.PauseAsync(TimeSpan.FromSeconds(5));
            documents = look(cluster);
        }

        foreach (var checks in documents)
            call.Print(flags.Get("output") is "json" ? Json(checks) : Text(checks));

        return documents.Any(HasErrors) ? 1 : 0;
    }

    private async Task<int> GatewaysAsync(ToolCall call, Flags flags)
    {
        var (_, cluster) = await OpenAsync(call, flags);
        var until = call.Now + flags.Duration("wait", TimeSpan.FromSeconds(30));
        var gateways = MeshChecks.Gateways(world, cluster);

        while ((gateways.Count == 0 || gateways.Any(gateway => !gateway.Alive)) && call.Now < until)
        {
            await call.PauseAsync(TimeSpan.FromSeconds(2));
            gateways = MeshChecks.Gateways(world, cluster);
        }

        if (flags.Get("output") is "json")
        {
            var rows = gateways.Select(gateway =>
                (JsonNode)
                    new JsonObject
                    {
                        ["clusterName"] = gateway.Cluster,
                        ["alive"] = gateway.Alive,
                        ["numberOfServices"] = gateway.Services,
                        ["latency"] = gateway.Alive ? 2 : 0,
                    }
            );
            call.PrintLine(JsonText.Indented(new JsonArray([.. rows]), 2));
            return 0;
        }

        call.PrintLine("CLUSTER  ALIVE    NUM_SVC      LATENCY  ");

        foreach (var gateway in gateways)
        {
            call.PrintLine(
                $"{gateway.Cluster, -7}  {gateway.Alive, -5}  {gateway.Services, 9}  {(gateway.Alive ? "2ms" : "-"), 11}  "
            );
        }

        return 0;
    }

    private async Task<int> LinkGenAsync(ToolCall call, Flags flags)
    {
        var name = flags.Get("cluster-name") ?? throw new ToolException("you need to specify cluster name");
        var (api, cluster) = await OpenAsync(call, flags);
        var (yaml, error) = LinkGen.Render(cluster, name, flags.Get("api-server-address", api.Client.Context.Server));
        call.Print(yaml ?? throw new ToolException(error ?? ""));
        return 0;
    }

    private Task<(KubeAccess Api, TwinCluster Cluster)> OpenAsync(ToolCall call, Flags flags) =>
        _access.OpenAsync(
            call,
            flags.Get("context"),
            flags.Get("kubeconfig"),
            reason =>
                $"""
                    kubernetes-api
                    --------------
                    × can initialize the client
                        error configuring Kubernetes API client: {reason}
                        see https://linkerd.io/2/checks/#k8s-api for hints

                    Status check results are ×
                    """
        );

    private static bool HasErrors(IReadOnlyList<MeshCheck> checks) => checks.Any(check => check.Result == "error");

    private static string Json(IReadOnlyList<MeshCheck> checks)
    {
        var categories = checks
            .GroupBy(check => check.Category)
            .Select(category =>
                (JsonNode)
                    new JsonObject
                    {
                        ["categoryName"] = category.Key,
                        ["checks"] = new JsonArray([.. category.Select(CheckJson)]),
                    }
            );
        var json = new JsonObject { ["success"] = !HasErrors(checks), ["categories"] = new JsonArray([.. categories]) };
        return JsonText.Indented(json, 2) + "\n";
    }

    private static JsonNode CheckJson(MeshCheck check)
    {
        var json = new JsonObject { ["description"] = check.Description };

        if (check.Hint.Length > 0)
            json["hint"] = check.Hint;

        if (check.Error.Length > 0)
            json["error"] = check.Error;

        json["result"] = check.Result;
        return json;
    }

    private static string Text(IReadOnlyList<MeshCheck> checks)
    {
        var text = new System.Text.StringBuilder();

        foreach (var category in checks.GroupBy(check => check.Category))
        {
            text.Append($"{category.Key}\n{new string('-', category.Key.Length)}\n");

            foreach (var check in category)
                text.Append(Line(check));

            text.Append('\n');
        }

        return text.Append($"Status check results are {(HasErrors(checks) ? '×' : '√')}\n").ToString();
    }

    private static string Line(MeshCheck check) =>
        check.Result == "success"
            ? $"√ {check.Description}\n"
            : $"{(check.Result == "warning" ? '‼' : '×')} {check.Description}\n    {check.Error}\n    see {check.Hint} for hints\n";
}
