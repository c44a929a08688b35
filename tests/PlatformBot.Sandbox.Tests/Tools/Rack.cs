using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Tools;
using PlatformBot.Sandbox.Tools.Talos;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Machines;
using PlatformBot.Sandbox.Twin.Vault;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Tools;

/// <summary>The six machines, a vault and the tools that act on them, under a clock that the test moves.</summary>
internal sealed class Rack : IAsyncDisposable
{
    public const string Node = "10.25.11.11";

    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 11, 20, 21, 0, 0, TimeSpan.Zero));
    private readonly string _folder = Directory.CreateTempSubdirectory("rack-").FullName;
    private readonly ToolServer _server;

    public Rack()
    {
        World = new TwinWorld(_clock, Faults, _folder);
        Machines = new MachineRoom(World);
        World.Add(Machines);
        Vault.AddItemsOfPeople(Machines.Old.ToFields());
        _server = ToolServer.Start(
            [
                new TalosTool(World, Machines, (cluster, context) => $"{cluster} {context}\n").Create(),
                new OpTool(Vault, Faults).Create(),
                MiniJinjaTool.Create(),
            ],
            _clock,
            Path.Combine(_folder, "bin"),
            Faults
        );
        Tools = new ToolBox(_server.Folder, _folder);
        Tools.Environment["OP_SERVICE_ACCOUNT_TOKEN"] = Vault.ServiceAccountToken;
        Tools.Environment["HOME"] = _folder;
    }

    public Faults Faults { get; } = new();

    public TwinWorld World { get; }

    public MachineRoom Machines { get; }

    public PasswordVault Vault => World.Vault;

    public ToolBox Tools { get; }

    public IReadOnlyList<ToolRun> Log => _server.Log;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public string PathOf(string file) => Path.Combine(_folder, file);

    public void Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            World.Tick();
        }
    }

    /// <summary>Runs a tool that waits, while the twin's time goes on.</summary>
    public Task<Said> RunWhileTimePassesAsync(string commandLine) => WhileTimePassesAsync(Tools.RunAsync(commandLine));

    public async Task<Said> WhileTimePassesAsync(Task<Said> running)
    {
        while (!running.IsCompleted)
        {
            Pass(5);
            await Task.WhenAny(
                running,
                Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken)
            );
        }

        return await running;
    }

    /// <summary>A pipe as the bot makes it: each process after the one before, which must have ended with 0.</summary>
    public async Task<Said> PipeAsync(params string[] commandLines)
    {
        var said = await Tools.RunAsync(commandLines[0]);

        foreach (var commandLine in commandLines.Skip(1))
        {
            said.ExitCode.ShouldBe(0, said.Error);
            said = await Tools.RunAsync(commandLine.Split(' '), said.Out);
        }

        return said;
    }

    /// <summary>A client configuration made from one item of the vault.</summary>
    public async Task MakeTalosconfigAsync(string item, string cluster, string endpoints)
    {
        var fields = Vault.Find("Prod", item).ShouldHaveSingleItem().Fields;
        await File.WriteAllTextAsync(
            PathOf("bundle.yaml"),
            Bundle(fields).ToJsonString(),
            TestContext.Current.CancellationToken
        );
        await SucceedsAsync(
            $"talosctl gen config {cluster} https://{cluster}.k8s.monosense.io:6443 --with-secrets bundle.yaml "
                + $"--output-types talosconfig --output {cluster}.yaml --force"
        );
        await SucceedsAsync($"talosctl --talosconfig {cluster}.yaml config endpoint {endpoints}");
        await SucceedsAsync($"talosctl --talosconfig {cluster}.yaml config node {endpoints.Split(' ')[0]}");
    }

    public async Task<Said> SucceedsAsync(string commandLine)
    {
        var said = await Tools.RunAsync(commandLine);
        said.ExitCode.ShouldBe(0, said.ToString());
        return said;
    }

    private static JsonObject Bundle(IReadOnlyDictionary<string, string> fields)
    {
        JsonObject Pair(string name) => new() { ["crt"] = fields[$"{name}_CRT"], ["key"] = fields[$"{name}_KEY"] };

        return new JsonObject
        {
            ["cluster"] = new JsonObject { ["id"] = fields["CLUSTER_ID"], ["secret"] = fields["CLUSTER_SECRET"] },
            ["secrets"] = new JsonObject
            {
                ["bootstraptoken"] = fields["CLUSTER_TOKEN"],
                ["secretboxencryptionsecret"] = fields["CLUSTER_SECRETBOXENCRYPTIONSECRET"],
            },
            ["trustdinfo"] = new JsonObject { ["token"] = fields["MACHINE_TOKEN"] },
            ["certs"] = new JsonObject
            {
                ["etcd"] = Pair("CLUSTER_ETCD_CA"),
                ["k8s"] = Pair("CLUSTER_CA"),
                ["k8saggregator"] = Pair("CLUSTER_AGGREGATORCA"),
                ["k8sserviceaccount"] = new JsonObject { ["key"] = fields["CLUSTER_SERVICEACCOUNT_KEY"] },
                ["os"] = Pair("MACHINE_CA"),
            },
        };
    }
}
