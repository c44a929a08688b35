using System.Text.RegularExpressions;
using PlatformBot.Sandbox.Twin.Mesh;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>A shell in a client's pod that opens /dev/tcp/HOST/PORT, sends a line and prints the first line of the answer.</summary>
internal sealed partial class TcpPrograms(TwinWorld world)
{
    private const int TimedOut = 124;

    /// <summary>Null for other programs.</summary>
    public ExecAnswer? Exec(TwinCluster cluster, ExecRequest request)
    {
        if (
            request.Command is not ["timeout", _, "bash", "-c", var script]
            || Target().Match(script) is not { Success: true } target
        )
        {
            return null;
        }

        var pod = cluster.Objects.View(new ObjectKey("v1", "Pod", request.Namespace, request.Pod));

        if (pod is null || target.Groups["host"].Value.Split('.') is not [var service, var ns, ..])
            return null;

        var host = target.Groups["host"].Value;
        var (pods, trouble, exitCode) = new MeshTraffic(world).Reach(cluster, pod, ns, service);

        if (exitCode == 6)
            return new ExecAnswer(1, "", $"bash: line 1: {host}: Name or service not known\n");

        if (trouble is not null)
            return new ExecAnswer(TimedOut, "", "");

        var first = pods[0];
        return first.Label("app.kubernetes.io/name") == "dragonfly"
                ? new ExecAnswer(0, "-NOAUTH Authentication required.\r\n", "")
            : first.Label("app") == "rook-ceph-rgw" ? new ExecAnswer(0, "HTTP/1.1 200 OK\r\n", "")
            : new ExecAnswer(TimedOut, "", "");
    }

    [GeneratedRegex(
        @"/dev/tcp/(?<host>[\w.-]+)/(?<port>\d+)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 200
    )]
    private static partial Regex Target();
}
