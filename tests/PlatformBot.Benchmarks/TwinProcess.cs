using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Benchmarks;

/// <summary>A twin cluster's API server in a process of its own, so that what it costs is not counted as the client's.</summary>
internal sealed class TwinProcess : IAsyncDisposable
{
    /// <summary>The argument with which this program is a twin.</summary>
    public const string Verb = "--twin";

    private readonly Process _process;

    private TwinProcess(Process process, string kubeconfig) => (_process, Kubeconfig) = (process, kubeconfig);

    /// <summary>A file with one context, "infra".</summary>
    public string Kubeconfig { get; }

    public static async Task<TwinProcess> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var kubeconfig = Path.Combine(folder, "kubeconfig");
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };

        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
            start.ArgumentList.Add(typeof(TwinProcess).Assembly.Location);

        start.ArgumentList.Add(Verb);
        start.ArgumentList.Add(kubeconfig);
        var process = new Process { StartInfo = start };
        process.Start();
        var twin = new TwinProcess(process, kubeconfig);
        await twin._process.StandardOutput.ReadLineAsync(cancellationToken);
        return twin;
    }

    /// <summary>ConfigMaps that are there when it answers.</summary>
    public Task HasMapsAsync(int count) => AskAsync($"maps {count}");

    /// <summary>Deployments "web-1" and so on of one pod each.</summary>
    public Task HasDeploymentsAsync(int count, bool available) =>
        AskAsync($"deployments {count} {(available ? 1 : 0)}");

    /// <summary>Requests so far, all together.</summary>
    public async Task<int> RequestsAsync() => int.Parse(await AskAsync("requests"), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>The other side: serves until its input ends.</summary>
    public static async Task ServeAsync(string kubeconfig, TextReader input, TextWriter output)
    {
        var cluster = new TwinCluster("infra", TimeProvider.System);
        cluster.BringUp();
        await using var server = await KubeApiServer.StartAsync(cluster, CancellationToken.None);
        await File.WriteAllTextAsync(kubeconfig, server.Kubeconfig("infra"));
        await output.WriteLineAsync("ready");

        while (await input.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            var count = words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0;

            for (var number = 1; number <= count; number++)
                cluster.Objects.Put(words[0] == "maps" ? Map(number) : Deployment(number, words[2]));

            await output.WriteLineAsync($"{server.Counts.Values.Sum()}");
        }
    }

    private async Task<string> AskAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        return await _process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("The twin is gone.");
    }

    private static JsonObject Map(int number) =>
        (JsonObject)
            JsonNode.Parse(
                $$"""
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"map-{{number}}","namespace":"default"},
                 "data":{"text":"{{new string('x', 1000)}}"} }
                """
            )!;

    private static JsonObject Deployment(int number, string available) =>
        (JsonObject)
            JsonNode.Parse(
                $$"""
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web-{{number}}","namespace":"default","generation":1},
                 "spec":{"replicas":1,"selector":{"matchLabels":{"app":"web-{{number}}"} } },
                 "status":{"observedGeneration":1,"replicas":1,"updatedReplicas":1,"availableReplicas":{{available}} } }
                """
            )!;
}
