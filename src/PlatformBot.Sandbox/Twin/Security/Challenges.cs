using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Helm.Charts;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Security;

/// <summary>The Challenges of a Certificate that is being issued: where a person looks for what is wrong.</summary>
internal static class Challenges
{
    private const string ApiVersion = $"{CertManagerChart.AcmeGroup}/v1";

    public static void Write(TwinCluster cluster, JsonObject certificate, string reason)
    {
        foreach (var (index, name) in Names(certificate).Index())
        {
            cluster.Objects.Change(
                KeyOf(certificate, index),
                found =>
                {
                    var json = found ?? New(certificate, index, name);
                    json.Section("status")["presented"] = reason.StartsWith("Waiting", StringComparison.Ordinal);
                    json.Section("status")["processing"] = true;
                    json.Section("status")["state"] = "pending";
                    json.Section("status")["reason"] = reason;
                    return json;
                }
            );
        }
    }

    public static void Remove(TwinCluster cluster, JsonObject certificate)
    {
        for (var index = 0; index < Names(certificate).Count; index++)
            cluster.Objects.Delete(KeyOf(certificate, index));
    }

    private static List<string> Names(JsonObject certificate) =>
        [.. certificate.ItemsAt("spec.dnsNames").Select(name => (string?)name ?? "")];

    private static ObjectKey KeyOf(JsonObject certificate, int index) =>
        new(ApiVersion, "Challenge", certificate.Namespace(), $"{certificate.Name()}-1-{1434 + index}");

    private static JsonObject New(JsonObject certificate, int index, string name)
    {
        var key = KeyOf(certificate, index);
        var json = Manifest
            .New(key.ApiVersion, key.Kind, key.Namespace, key.Name)
            .With(
                "spec",
                new JsonObject
                {
                    ["type"] = "DNS-01",
                    ["dnsName"] = name.Replace("*.", "", StringComparison.Ordinal),
                    ["wildcard"] = name.StartsWith('*'),
                    ["issuerRef"] = certificate.At("spec", "issuerRef")?.DeepClone(),
                }
            );
        return json.OwnedBy(certificate);
    }
}
