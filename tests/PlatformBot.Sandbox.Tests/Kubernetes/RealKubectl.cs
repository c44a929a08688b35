using System.Diagnostics;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Workloads;
using Shouldly;

namespace PlatformBot.Sandbox.Tests.Kubernetes;

/// <summary>
/// The kubectl that people install, as KUBECTL names it or the PATH finds it, in front of a twin of three nodes whose time
/// runs twenty times as fast.
/// </summary>
internal sealed class RealKubectl : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _program = Find();
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("real-kubectl");
    private readonly CancellationTokenSource _end = new();
    private Task _ticking = Task.CompletedTask;
    private KubeApiServer _server = null!;

    private RealKubectl() =>
        World = new TwinWorld(new FastClock(TimeProvider.System, speed: 20), new Faults(), "unused");

    public TwinWorld World { get; }

    public TwinCluster Cluster => World.Clusters["infra"];

    public static async Task<RealKubectl> StartAsync()
    {
        var kubectl = new RealKubectl();
        KubernetesLaws.AddTo(kubectl.World);
        kubectl.Cluster.BringUp();
        kubectl.Furnish();
        kubectl._server = await KubeApiServer.StartAsync(kubectl.Cluster, ApiFixture.Stop);
        await File.WriteAllTextAsync(
            kubectl.Path("config"),
            kubectl._server.Kubeconfig("admin@infra"),
            ApiFixture.Stop
        );
        kubectl._ticking = kubectl.TickAsync();
        return kubectl;
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="command">words, parted by blanks; a word of several stands in double quotes</param>
    /// <param name="stdin">what it reads</param>
    public async Task<Said> RunAsync(string command, string stdin = "")
    {
        using var process = Begin(command);
        await process.StandardInput.WriteAsync(stdin);
        process.StandardInput.Close();
        var (output, error) = (
            process.StandardOutput.ReadToEndAsync(ApiFixture.Stop),
            process.StandardError.ReadToEndAsync(ApiFixture.Stop)
        );

        try
        {
            await process.WaitForExitAsync(ApiFixture.Stop).WaitAsync(Patience, TimeProvider.System, ApiFixture.Stop);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
        }

        return new Said(process.ExitCode, await output, await error);
    }

    /// <summary>Runs it until it has printed a line that begins so.</summary>
    /// <param name="meanwhile">done once the first line is there</param>
    public async Task<string> FollowAsync(string command, string until, Action meanwhile)
    {
        using var process = Begin(command);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ApiFixture.Stop);
        patience.CancelAfter(Patience);

        try
        {
            (await process.StandardOutput.ReadLineAsync(patience.Token)).ShouldNotBeNull();
            meanwhile();

            while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.StartsWith(until, StringComparison.Ordinal))
                    return line;
            }

            return "";
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Writes a manifest and names its file.</summary>
    public string Manifest(string name, string manifest)
    {
        File.WriteAllText(Path(name), manifest);
        return Path(name);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _ticking;
        await _server.DisposeAsync();
        _end.Dispose();
        _home.Delete(recursive: true);
    }

    private static string Find() =>
        Environment.GetEnvironmentVariable("KUBECTL")
        ?? (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(System.IO.Path.PathSeparator)
            .Select(folder => System.IO.Path.Combine(folder, "kubectl"))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException(
            "These tests run the real kubectl, and there is none in PATH: install it (Debian: kubernetes-client), or name it in KUBECTL."
        );

    private Process Begin(string command)
    {
        var words = command
            .Split('"')
            .SelectMany(
                (part, index) => index % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            );
        var start = new ProcessStartInfo(_program, words)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = Path("config");
        start.Environment["HOME"] = _home.FullName;
        start.Environment["NO_PROXY"] = "127.0.0.1";
#pragma warning disable RS0030 // The test runs a program of its own, not one of the bot's.
        return Process.Start(start)!;
#pragma warning restore RS0030
    }

    private string Path(string name) => System.IO.Path.Combine(_home.FullName, name);

    private async Task TickAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            World.Tick();
            await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System, CancellationToken.None);
        }
    }

    private void Furnish()
    {
        foreach (var number in new[] { 1, 2, 3 })
        {
            Cluster.Objects.Put(
                Json(
                    $$$"""{"apiVersion":"v1","kind":"Node","metadata":{"name":"infra-0{{{number}}}","labels":{"node-role.kubernetes.io/control-plane":""}},"status":{"nodeInfo":{"kubeletVersion":"v1.34.1"},"addresses":[{"type":"InternalIP","address":"10.25.11.1{{{number}}}"}]} }"""
                )
            );
        }

        new KubeRegistry(Cluster).Apply(
            Json(
                """
                {"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"cilium","namespace":"kube-system"},
                 "spec":{"selector":{"matchLabels":{"k8s-app":"cilium"}},"template":{"metadata":{"labels":{"k8s-app":"cilium"}},
                 "spec":{"hostNetwork":true,"tolerations":[{"operator":"Exists"}],
                 "containers":[{"name":"cilium-agent","image":"quay.io/cilium/cilium:v1.18.3"}]}}}}
                """
            ),
            new WriteOptions("test")
        );
    }

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}

/// <summary>How a command ended and what it printed.</summary>
internal sealed record Said(int ExitCode, string Out, string Error);
