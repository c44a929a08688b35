using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Services;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary>The jobs that copy the object store's buckets to the NAS: with a key for either side, in rclone's words.</summary>
internal static class ObjectCopies
{
    public static PodTrouble? Of(TwinWorld world, TwinCluster cluster, JsonObject pod) =>
        pod.Items("spec", "containers").FirstOrDefault(one => one.Text("name") == "rclone") is { } rclone
        && Trouble(world, cluster, pod.Namespace(), rclone) is { } log
            ? new PodTrouble(
                "rclone",
                Crashes: true,
                $"{log}\nNOTICE: Failed to sync: operation error S3: ListObjectsV2"
            )
            : null;

    private static string? Trouble(TwinWorld world, TwinCluster cluster, string ns, JsonObject rclone)
    {
        var secret = rclone.Items("envFrom").FirstOrDefault().Text("secretRef", "name");
        var buckets = rclone.Items("env").FirstOrDefault(one => one.Text("name") == "BUCKETS").Text("value");
        var bucket = buckets.Split(' ')[0];
        string Key(string name) => SecretText.Of(cluster.Objects, ns, secret, $"RCLONE_CONFIG_{name}") ?? "";

        if (!ObjectStoreLaw.Accepts(cluster, Key("SRC_ACCESS_KEY_ID")))
            return $"ERROR : S3 bucket {bucket}: error reading source root directory: {Refused("InvalidAccessKeyId: UnknownError")}";

        var destination =
            $"ERROR : S3 bucket object-store-mirror path {bucket}: error reading destination root directory:";
        return world.Nas.Trouble(
            cluster.Name,
            "object-store-mirror",
            Key("DST_ACCESS_KEY_ID"),
            Key("DST_SECRET_ACCESS_KEY")
        ) switch
        {
            NasTrouble.None => null,
            NasTrouble.Away =>
                $"{destination} operation error S3: ListObjectsV2, exceeded maximum number of attempts, 10, request send failed, Get \"http://{Nas.Address}/object-store-mirror\": dial tcp {Nas.Address}: connect: connection refused",
            NasTrouble.WrongKey =>
                $"{destination} {Refused("InvalidAccessKeyId: The Access Key Id you provided does not exist in our records.")}",
            _ => $"{destination} {Refused("AccessDenied: Access Denied.")}",
        };
    }

    private static string Refused(string why) =>
        $"operation error S3: ListObjectsV2, https response error StatusCode: 403, api error {why}";
}
