using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PlatformBot.Sandbox.Tools.Kube;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Kustomize;

namespace PlatformBot.Sandbox.Tools.Platform;

/// <summary>helm, by the twin's Helm engine.</summary>
internal sealed class HelmTool(TwinWorld world, KubeClients clients)
{
    private readonly TwinAccess _access = new(world, clients);
    private readonly HelmEngine _helm = new(world);

    public Tool Create() =>
        new(
            "helm",
            "kube-context= kubeconfig= namespace,n= output,o= debug",
            "Error: {0}",
            [
                Command.Quick("version", "short client", Version),
                new Command(
                    "upgrade",
                    "install,i repo= version= values,f= set= timeout= wait atomic create-namespace",
                    UpgradeAsync
                ),
                new Command("list", "filter,f= all-namespaces,A all,a short,q", ListAsync),
                new Command("status", "revision=", StatusAsync),
                new Command("history", "max=", HistoryAsync),
                new Command("uninstall", "wait timeout= ignore-not-found keep-history", UninstallAsync),
                new Command("rollback", "wait timeout=", RollbackAsync),
            ]
        );

    private static int Version(ToolCall call, Flags flags)
    {
        call.PrintLine(
            flags.IsOn("short")
                ? "v3.19.0+g3d8990f"
                : "version.BuildInfo{Version:\"v3.19.0\", GitCommit:\"3d8990f0836691f0229297773f3524598f46bda6\"}"
        );
        return 0;
    }

    private async Task<int> UpgradeAsync(ToolCall call, Flags flags)
    {
        if (flags.Words is not [var name, var chart])
        {
            throw new ToolException(
                "Error: \"helm upgrade\" requires 2 arguments\n\nUsage:  helm upgrade [RELEASE] [CHART] [flags]"
            );
        }

        var cluster = await OpenAsync(call, flags);
        var ns = flags.Get("namespace", "default");
        var before = HelmEngine.Status(cluster, ns, name);

        if (before is null && !flags.IsOn("install"))
            throw new ToolException($"Error: UPGRADE FAILED: \"{name}\" has no deployed releases");

        if (before is null)
            call.PrintLine($"Release \"{name}\" does not exist. Installing it now.");

        var request = new HelmRequest(name, ns, chart, flags.Get("version", ""), await ValuesAsync(call, flags))
        {
            Repository = flags.Get("repo"),
        };
        await InstallAsync(call, flags, cluster, request);
        return 0;
    }

    private async Task InstallAsync(ToolCall call, Flags flags, TwinCluster cluster, HelmRequest request)
    {
        await call.FlushAsync();

        try
        {
            var timeout = flags.Duration("timeout", TimeSpan.FromMinutes(5));
            var release = await _helm.UpgradeInstallAsync(
                cluster,
                request,
                flags.IsOn("wait") || flags.IsOn("atomic"),
                timeout,
                call.Killed
            );

            if (release.Revision > 1)
                call.PrintLine($"Release \"{release.Name}\" has been upgraded. Happy Helming!");

            call.Print(Summary(release));
        }
        catch (HelmException refused)
        {
            throw new ToolException($"Error: {refused.Message}");
        }
    }

    private async Task<int> ListAsync(ToolCall call, Flags flags)
    {
        var cluster = await OpenAsync(call, flags);
        var filter = new Regex(flags.Get("filter", ""), RegexOptions.None, TimeSpan.FromSeconds(1));
        var ns = flags.IsOn("all-namespaces") ? null : flags.Get("namespace", "default");
        var releases = HelmEngine.List(cluster, ns).Where(release => filter.IsMatch(release.Name)).ToList();

        if (flags.Get("output") is "json")
            call.PrintLine(new JsonArray([.. releases.Select(Row)]).ToJsonString());
        else
            call.Print(Table(releases));

        return 0;
    }

    private async Task<int> StatusAsync(ToolCall call, Flags flags)
    {
        var release = await FindAsync(call, flags);

        if (flags.Get("output") is not "json")
        {
            call.Print(Summary(release));
            return 0;
        }

        var info = new JsonObject
        {
            ["first_deployed"] = $"{release.FirstDeployed:O}",
            ["last_deployed"] = $"{release.LastDeployed:O}",
            ["deleted"] = "",
            ["description"] = release.Description,
            ["status"] = release.Status,
        };
        var json = new JsonObject
        {
            ["name"] = release.Name,
            ["info"] = info,
            ["config"] = release.Values.DeepClone(),
            ["version"] = release.Revision,
            ["namespace"] = release.Namespace,
        };
        call.PrintLine(json.ToJsonString());
        return 0;
    }

    private async Task<int> HistoryAsync(ToolCall call, Flags flags)
    {
        var release = await FindAsync(call, flags);
        var cluster = await OpenAsync(call, flags);
        var rows = HelmEngine
            .History(cluster, release.Namespace, release.Name)
            .Select(one =>
                (IReadOnlyList<string>)
                    [
                        $"{one.Revision}",
                        $"{one.LastDeployed:ddd MMM d HH:mm:ss yyyy}",
                        one.Status,
                        $"{one.Chart}-{one.ChartVersion}",
                        one.AppVersion,
                        one.Description,
                    ]
            );
        call.Print(
            TextTable.Write(
                [
                    ["REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "DESCRIPTION"],
                    .. rows,
                ],
                1
            )
        );
        return 0;
    }

    private async Task<int> UninstallAsync(ToolCall call, Flags flags)
    {
        var cluster = await OpenAsync(call, flags);
        var name = flags.Words.FirstOrDefault() ?? "";

        try
        {
            HelmEngine.Uninstall(cluster, flags.Get("namespace", "default"), name);
        }
        catch (HelmException refused) when (!flags.IsOn("ignore-not-found"))
        {
            throw new ToolException($"Error: {refused.Message}");
        }

        call.PrintLine($"release \"{name}\" uninstalled");
        return 0;
    }

    private async Task<int> RollbackAsync(ToolCall call, Flags flags)
    {
        var cluster = await OpenAsync(call, flags);
        _ = int.TryParse(flags.Words.ElementAtOrDefault(1), out var revision);

        try
        {
            _helm.Rollback(cluster, flags.Get("namespace", "default"), flags.Words.FirstOrDefault() ?? "", revision);
        }
        catch (HelmException refused)
        {
            throw new ToolException($"Error: {refused.Message}");
        }

        call.PrintLine("Rollback was a success! Happy Helming!");
        return 0;
    }

    private async Task<HelmRelease> FindAsync(ToolCall call, Flags flags) =>
        HelmEngine.Status(
            await OpenAsync(call, flags),
            flags.Get("namespace", "default"),
            flags.Words.FirstOrDefault() ?? ""
        ) ?? throw new ToolException("Error: release: not found");

    private async Task<TwinCluster> OpenAsync(ToolCall call, Flags flags) =>
        (
            await _access.OpenAsync(
                call,
                flags.Get("kube-context"),
                flags.Get("kubeconfig"),
                reason => $"Error: Kubernetes cluster unreachable: {reason}"
            )
        ).Cluster;

    private static async Task<JsonObject> ValuesAsync(ToolCall call, Flags flags)
    {
        var values = new JsonObject();

        foreach (var file in flags.All("values"))
        {
            try
            {
                Merge(values, YamlText.ReadMapping(await call.ReadAsync(file)));
            }
            catch (IOException)
            {
                throw new ToolException($"Error: open {file}: no such file or directory");
            }
            catch (FormatException wrong)
            {
                throw new ToolException($"Error: failed to parse {file}: {wrong.Message}");
            }
        }

        foreach (var pair in flags.Many("set").Select(set => set.Split('=', 2)))
        {
            Merge(
                values,
                Nested(pair[0].Split('.'), YamlText.ReadMapping($"value: {pair.ElementAtOrDefault(1)}")["value"])
            );
        }

        return values;
    }

    private static JsonObject Nested(string[] path, JsonNode? value) =>
        new() { [path[0]] = path.Length == 1 ? value?.DeepClone() : Nested(path[1..], value) };

    /// <summary>Maps are merged, everything else is replaced.</summary>
    private static void Merge(JsonObject target, JsonObject added)
    {
        foreach (var (name, value) in added)
        {
            if (value is JsonObject inner && target[name] is JsonObject existing)
                Merge(existing, inner);
            else
                target[name] = value?.DeepClone();
        }
    }

    private static string Summary(HelmRelease release) =>
        $"""
            NAME: {release.Name}
            LAST DEPLOYED: {release.LastDeployed:ddd MMM d HH:mm:ss yyyy}
            NAMESPACE: {release.Namespace}
            STATUS: {release.Status}
            REVISION: {release.Revision}
            TEST SUITE: None

            """;

    private static JsonNode Row(HelmRelease release) =>
        new JsonObject
        {
            ["name"] = release.Name,
            ["namespace"] = release.Namespace,
            ["revision"] = $"{release.Revision}",
            ["updated"] = $"{release.LastDeployed:yyyy-MM-dd HH:mm:ss.f} +0000 UTC",
            ["status"] = release.Status,
            ["chart"] = $"{release.Chart}-{release.ChartVersion}",
            ["app_version"] = release.AppVersion,
        };

    private static string Table(IEnumerable<HelmRelease> releases)
    {
        var rows = releases.Select(one =>
            (IReadOnlyList<string>)
                [
                    one.Name,
                    one.Namespace,
                    $"{one.Revision}",
                    one.Status,
                    $"{one.Chart}-{one.ChartVersion}",
                    one.AppVersion,
                ]
        );
        return TextTable.Write(
            [
                ["NAME", "NAMESPACE", "REVISION", "STATUS", "CHART", "APP VERSION"],
                .. rows,
            ],
            1
        );
    }
}
