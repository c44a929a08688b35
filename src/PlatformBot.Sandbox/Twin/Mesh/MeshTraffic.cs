using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Mesh;

/// <summary>Whether a call from a pod reaches a Service, here or through the gateway of another cluster, and what answers.</summary>
internal sealed class MeshTraffic(TwinWorld world)
{
    /// <summary>The exit code of a call that was closed by policy.</summary>
    public const int Refused = 56;

    /// <summary>The pods that would answer, or why none does (in curl's words).</summary>
    public (IReadOnlyList<JsonObject> Pods, string? Trouble, int ExitCode) Reach(
        TwinCluster cluster,
        JsonObject from,
        string ns,
        string service
    )
    {
        if (
            !Pods.HaveDns(cluster) || cluster.Objects.View(new ObjectKey("v1", "Service", ns, service)) is not { } found
        )
        {
            return ([], $"curl: (6) Could not resolve host: {service}.{ns}.svc.cluster.local", 6);
        }

        return (string?)found["metadata"]?["labels"]?["mirror.linkerd.io/cluster-name"] is { } link
            ? ReachMirrored(cluster, from, ns, service, link)
            : Admitted(
                cluster,
                found,
                MeshPolicy.IdentityOf(from),
                Answer(Pods.Behind(cluster, found), "curl: (7) Failed to connect: Connection refused", 7)
            );
    }

    /// <summary>What the server's proxy lets through: a connection that its policy refuses is closed before a byte is answered.</summary>
    private static (IReadOnlyList<JsonObject> Pods, string? Trouble, int ExitCode) Admitted(
        TwinCluster cluster,
        JsonObject service,
        string identity,
        (IReadOnlyList<JsonObject> Pods, string? Trouble, int ExitCode) reached
    )
    {
        var first = service.ItemsAt("spec.ports").FirstOrDefault();
        var port = first.NumberAt("targetPort", first.NumberAt("port", 0));
        return reached.Pods is [var pod, ..] && MeshPolicy.Judge(cluster, pod, port, identity).IsRefused
            ? ([], "curl: (56) Recv failure: Connection reset by peer", Refused)
            : reached;
    }

    private (IReadOnlyList<JsonObject> Pods, string? Trouble, int ExitCode) ReachMirrored(
        TwinCluster cluster,
        JsonObject from,
        string ns,
        string service,
        string link
    )
    {
        var state = LinkState.All(world, cluster).FirstOrDefault(one => one.Name == link);

        if (state is not { IsAlive: true, Remote: { } remote })
            return ([], "curl: (22) The requested URL returned error: 504", 22);

        // The gateway only takes meshed clients (all-authenticated), and speaks mTLS to meshed servers.
        if (!Pods.IsMeshed(from))
            return ([], "curl: (52) Empty reply from server", 52);

        var original = remote.Objects.View(new ObjectKey("v1", "Service", ns, service[..^(link.Length + 1)]));
        var behind = original is null ? [] : Pods.Behind(remote, original);
        var reached = Answer([.. behind.Where(Pods.IsMeshed)], "curl: (22) The requested URL returned error: 503", 22);

        // The caller's own identity ends at the gateway.
        return original is null ? reached : Admitted(remote, original, MeshTexts.GatewayIdentity, reached);
    }

    private static (IReadOnlyList<JsonObject> Pods, string? Trouble, int ExitCode) Answer(
        IReadOnlyList<JsonObject> pods,
        string otherwise,
        int exitCode
    ) => pods.Count > 0 ? (pods, null, 0) : ([], otherwise, exitCode);

    /// <summary>`curl … URL` in a container; null for other programs.</summary>
    public ExecAnswer? Exec(TwinCluster cluster, ExecRequest request)
    {
        if (request.Command is not ["curl", ..] || request.Command.FirstOrDefault(IsUrl) is not { } text)
            return null;

        var pod = cluster.Objects.View(new ObjectKey("v1", "Pod", request.Namespace, request.Pod));
        var uri = new Uri(text);

        if (pod is null || uri.Host.Split('.') is not [var service, var ns, ..])
            return new ExecAnswer(6, "", $"curl: (6) Could not resolve host: {uri.Host}\n");

        var (pods, trouble, exitCode) = Reach(cluster, pod, ns, service);

        if (trouble is null && Traces(cluster))
            world.Traces.Note(request.Command);

        return trouble is null
            ? new ExecAnswer(0, $"{Said(pods[0])}\n", "")
            : new ExecAnswer(exitCode, "", $"{trouble}\n");
    }

    /// <summary>True when what this cluster's proxies report gets to Jaeger: it runs here, or a collector sends it there.</summary>
    private static bool Traces(TwinCluster cluster) =>
        Pods.IsAvailable(cluster, "observability", "jaeger")
        || Pods.IsAvailable(cluster, "observability", "otel-collector");

    private static bool IsUrl(string word) =>
        word.StartsWith("http://", StringComparison.Ordinal) && Uri.TryCreate(word, UriKind.Absolute, out _);

    /// <summary>What http-echo was told to say.</summary>
    private static string Said(JsonObject pod) =>
        Pods.Containers(pod)
            .SelectMany(container => container.ItemsAt("args"))
            .Select(argument => (string?)argument ?? "")
            .FirstOrDefault(argument => argument.StartsWith("-text=", StringComparison.Ordinal))
            ?["-text=".Length..]
        ?? "hello-world";
}
