using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PlatformBot.Sandbox.Twin.Applications;
using PlatformBot.Sandbox.Twin.Mesh;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>A shell in a client's pod that opens /dev/tcp/HOST/PORT, sends something and prints what is answered, or its first line.</summary>
internal sealed partial class TcpPrograms(TwinWorld world)
{
    private const int TimedOut = 124;
    private readonly ApplicationPrograms _applications = new(world);

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
        {
            // A shell goes on after a connection that does not come about, unless it is told not to.
            var code = script.Contains("|| exit 3", StringComparison.Ordinal) ? 3 : 1;
            return new ExecAnswer(code, "", $"bash: line 1: {host}: Name or service not known\n");
        }

        if (exitCode == MeshTraffic.Refused)
            return new ExecAnswer(0, "", "");

        if (trouble is not null)
            return new ExecAnswer(TimedOut, "", "");

        var said = Say(pods[0], script);
        return said is null ? new ExecAnswer(TimedOut, "", "")
            : script.Contains("head -n1", StringComparison.Ordinal)
                ? new ExecAnswer(0, $"{said.Split('\n')[0].TrimEnd('\r')}\r\n", "")
            : new ExecAnswer(0, said, "");
    }

    private string? Say(JsonObject pod, string script) =>
        Http().Match(script) is { Success: true } get
        && _applications.Answer(world.HomeOf(pod), pod, get.Groups["path"].Value) is { } answer
            ? $"HTTP/1.1 {answer.Status} {(answer.Status < 400 ? "OK" : "Error")}\r\nContent-Type: {answer.ContentType}\r\nLocation: {answer.Location}\r\n\r\n{answer.Body}"
        : pod.Label("app.kubernetes.io/name") == "dragonfly" ? "-NOAUTH Authentication required.\r\n"
        : pod.Label("app") == "rook-ceph-rgw" ? "HTTP/1.1 200 OK\r\n"
        // To a request for TLS, a byte: yes.
        : pod.Label(PostgresKinds.ClusterLabel).Length > 0 && script.Contains(@"\0\0\0\10", StringComparison.Ordinal)
            ? "S"
        : null;

    [GeneratedRegex(
        @"/dev/tcp/(?<host>[\w.-]+)/(?<port>\d+)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 200
    )]
    private static partial Regex Target();

    [GeneratedRegex(@"GET (?<path>/\S*) HTTP/", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex Http();
}
