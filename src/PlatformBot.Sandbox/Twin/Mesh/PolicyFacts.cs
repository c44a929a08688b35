using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Mesh;

/// <summary>What must be true of who may call whom.</summary>
internal static class PolicyFacts
{
    public static IEnumerable<TwinFact> Of(TwinWorld world)
    {
        var infra = world.Clusters["infra"];
        var servers = infra.Objects.View(MeshPolicy.Servers, "Server", "databases");
        var lenient = servers
            .Where(server => server.Text("spec", "accessPolicy").Length > 0)
            .Select(server => server.Name())
            .ToList();
        var refused = MeshCallers
            .Of(world, infra)
            .Where(call => MeshPolicy.Judge(infra, call.Pod, call.Port, call.Identity).IsRefused)
            .Select(call => call.Identity)
            .ToList();
        yield return new TwinFact(
            "infra: the databases refuse whoever is not named, and nobody who is",
            servers.Count == 2 && lenient.Count == 0 && refused.Count == 0,
            servers.Count < 2 ? $"{servers.Count} of 2 Servers"
                : lenient.Count > 0 ? $"not enforced: {string.Join(", ", lenient)}"
                : refused.Count > 0 ? $"refused: {string.Join(", ", refused)}"
                : "enforced for PostgreSQL and Dragonfly"
        );
    }
}
