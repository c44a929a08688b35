using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary>How programs in a cluster reach the NAS: with what stands in a Secret, and in whose words it fails.</summary>
internal static class NasAccess
{
    /// <summary>What restic says of a repository; null when it can be used.</summary>
    public static string? OfRestic(TwinWorld world, TwinCluster cluster, JsonObject secret)
    {
        var repository = Plain(secret, "RESTIC_REPOSITORY");
        var bucket = repository.Split('/') is [_, _, _, var name, ..] ? name : "";
        var trouble = world.Nas.Trouble(
            cluster.Name,
            bucket,
            Plain(secret, "AWS_ACCESS_KEY_ID"),
            Plain(secret, "AWS_SECRET_ACCESS_KEY")
        );

        return trouble switch
        {
            NasTrouble.None => null,
            NasTrouble.Away =>
                $"Fatal: unable to open repository at {repository}: Get \"http://{Nas.Address}/{bucket}/\": dial tcp {Nas.Address}: connect: no route to host",
            NasTrouble.WrongKey =>
                "Fatal: unable to open config file: Stat: The Access Key Id you provided does not exist in our records.",
            _ => $"Fatal: create repository at {repository} failed: client.MakeBucket: Access Denied.",
        };
    }

    /// <summary>What Velero's plugin says of a backup location; null when it can be used.</summary>
    public static string? OfVelero(TwinWorld world, TwinCluster cluster, JsonObject location)
    {
        var reference = location.At("spec", "credential");
        var secret = cluster.Objects.View(new ObjectKey("v1", "Secret", location.Namespace(), reference.Text("name")));

        if (secret is null)
            return $"unable to get credentials: unable to get key for secret: Secret \"{reference.Text("name")}\" not found";

        var file = Plain(secret, reference.Text("key"));
        var bucket = location.Text("spec", "objectStorage", "bucket");
        var trouble = world.Nas.Trouble(
            cluster.Name,
            bucket,
            Value(file, "aws_access_key_id"),
            Value(file, "aws_secret_access_key")
        );
        const string operation = "rpc error: code = Unknown desc = operation error S3: ListObjectsV2, ";

        return trouble switch
        {
            NasTrouble.None => null,
            NasTrouble.Away =>
                $"{operation}exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , HostID: , request send failed, Get \"http://{Nas.Address}/{bucket}?delimiter=%2F&list-type=2\": dial tcp {Nas.Address}: connect: no route to host",
            NasTrouble.WrongKey =>
                $"{operation}https response error StatusCode: 403, RequestID: 17C0, HostID: x, api error InvalidAccessKeyId: The Access Key Id you provided does not exist in our records.",
            _ =>
                $"{operation}https response error StatusCode: 404, RequestID: 17C0, HostID: x, NoSuchBucket: The specified bucket does not exist",
        };
    }

    public static string Plain(JsonObject secret, string key) => SecretText.Of(secret, key) ?? "";

    /// <summary>"aws_access_key_id=…" of an ini file.</summary>
    private static string Value(string file, string key) =>
        file.Split('\n')
            .Select(line => line.Split('=', 2))
            .Where(pair => pair.Length == 2 && pair[0].Trim() == key)
            .Select(pair => pair[1].Trim())
            .FirstOrDefault("");
}
