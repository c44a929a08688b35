using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>Cluster addresses and node ports of Services.</summary>
internal static class ServiceAddresses
{
    public static void Fill(JsonObject service, TwinCluster cluster)
    {
        var spec = service.Section("spec");

        foreach (var port in spec.Items("ports"))
        {
            port["protocol"] ??= "TCP";
            port["targetPort"] ??= port["port"]?.DeepClone();
        }

        if (spec.Text("type") == "ExternalName" || spec.Text("clusterIP").Length > 0)
            return;

        var address = Free(cluster);
        spec["clusterIP"] = address;
        spec["clusterIPs"] = new JsonArray(address);
    }

    private static string Free(TwinCluster cluster)
    {
        var used = cluster
            .Objects.View("v1", "Service")
            .Select(service => service.Text("spec", "clusterIP"))
            .ToHashSet();

        return Enumerable
            .Range(10, 60_000)
            .Select(number => $"10.96.{number / 250}.{(number % 250) + 1}")
            .First(address => !used.Contains(address));
    }
}
