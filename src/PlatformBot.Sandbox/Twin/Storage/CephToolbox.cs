using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes.Fields;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary><c>ceph …</c> in the toolbox.</summary>
internal sealed class CephToolbox(TwinWorld world)
{
    /// <summary>Null for other pods and programs.</summary>
    public ExecAnswer? Exec(TwinCluster cluster, ExecRequest request)
    {
        var pod = cluster.Objects.View(new ObjectKey("v1", "Pod", request.Namespace, request.Pod));

        if (request.Command is not ["ceph", ..] || pod?.Label("app") != "rook-ceph-tools")
            return null;

        var state = CephState.Of(world, cluster);

        if (!state.Answers)
            return new ExecAnswer(1, "", "[errno 110] RADOS timed out (error connecting to the cluster)\n");

        string[] words = [.. request.Command.Skip(1)];
        var json = words.Contains("json") || words.Contains("--format=json");
        string[] command = [.. words.TakeWhile(word => !word.StartsWith('-'))];

        return command switch
        {
            ["status"] or [] => Answer(json ? JsonText.Compact(Status(state)) : StatusText(state)),
            ["health", ..] => Answer(json ? JsonText.Compact(HealthOf(state)) : HealthText(state)),
            ["osd", "tree"] => Answer(JsonText.Compact(Tree(state))),
            _ => new ExecAnswer(22, "", "no valid command found\nError EINVAL: invalid command\n"),
        };
    }

    private static ExecAnswer Answer(string text) => new(0, $"{text}\n", "");

    private static JsonObject Status(CephState state) =>
        new()
        {
            ["fsid"] = state.Fsid,
            ["health"] = HealthOf(state),
            ["quorum_names"] = new JsonArray([.. state.Quorum.Select(name => (JsonNode)name)]),
            ["osdmap"] = new JsonObject
            {
                ["num_osds"] = state.Osds.Count,
                ["num_up_osds"] = state.Up,
                ["num_in_osds"] = state.Osds.Count,
            },
            ["pgmap"] = new JsonObject
            {
                ["num_pgs"] = 33,
                ["bytes_used"] = state.UsedBytes,
                ["bytes_avail"] = CephState.DiskBytes * state.Osds.Count - state.UsedBytes,
                ["bytes_total"] = CephState.DiskBytes * state.Osds.Count,
            },
        };

    private static JsonObject HealthOf(CephState state) =>
        new()
        {
            ["status"] = state.Health,
            ["checks"] = new JsonObject(
                state.Checks.Select(check => KeyValuePair.Create(check.Code, (JsonNode?)Described(check)))
            ),
            ["mutes"] = new JsonArray(),
        };

    private static JsonObject Described(CephCheck check) =>
        new()
        {
            ["severity"] = check.Severity,
            ["summary"] = new JsonObject { ["message"] = check.Message, ["count"] = 1 },
            ["muted"] = false,
        };

    private static string HealthText(CephState state) =>
        state.Health == "HEALTH_OK"
            ? "HEALTH_OK"
            : $"{state.Health} {string.Join("; ", state.Checks.Select(check => check.Message))}";

    private static string StatusText(CephState state) =>
        $"""
              cluster:
                id:     {state.Fsid}
                health: {HealthText(state)}

              services:
                mon: 3 daemons, quorum {string.Join(',', state.Quorum)}
                mgr: a(active), standbys: b
                osd: {state.Osds.Count} osds: {state.Up} up, {state.Osds.Count} in
            """;

    private static JsonObject Tree(CephState state) =>
        new()
        {
            ["nodes"] = new JsonArray([
                .. state.Osds.Select(osd => new JsonObject
                {
                    ["id"] = osd.Id,
                    ["name"] = $"osd.{osd.Id}",
                    ["type"] = "osd",
                    ["host"] = osd.Node,
                    ["status"] = osd.IsUp ? "up" : "down",
                }),
            ]),
            ["stray"] = new JsonArray(),
        };
}
