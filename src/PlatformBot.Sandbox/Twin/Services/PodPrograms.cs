using PlatformBot.Sandbox.Twin.Applications;
using PlatformBot.Sandbox.Twin.Mesh;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>Who answers when a command is run in a container: the first that knows it.</summary>
internal sealed class PodPrograms(TwinWorld world)
{
    private readonly Func<TwinCluster, ExecRequest, ExecAnswer?>[] _programs =
    [
        new MeshTraffic(world).Exec,
        new PostgresPrograms(world).Exec,
        new LatencyProgram(world).Exec,
        new TcpPrograms(world).Exec,
        new ApplicationPrograms(world).Exec,
    ];

    public ExecAnswer? Exec(TwinCluster cluster, ExecRequest request) =>
        _programs.Select(program => program(cluster, request)).FirstOrDefault(answer => answer is not null);
}
