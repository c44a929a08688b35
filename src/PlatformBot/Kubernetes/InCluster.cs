using PlatformBot.Core;

namespace PlatformBot.Kubernetes;

/// <summary>The cluster that the bot runs in, by the service account of its pod.</summary>
internal static class InCluster
{
    public const string WellKnown = "/var/run/secrets/kubernetes.io/serviceaccount";

    private const string Cure =
        "Run the bot in a pod with a service account, or take its cluster out of Kubernetes:InCluster.";

    /// <param name="folder">with the files ca.crt, token and namespace</param>
    /// <param name="host">KUBERNETES_SERVICE_HOST</param>
    /// <param name="port">KUBERNETES_SERVICE_PORT</param>
    public static Result<ClusterAccess> Read(string folder, string? host, string? port, HashSet<string> files)
    {
        if (string.IsNullOrEmpty(host) || !ushort.TryParse(port, out var number))
        {
            return new Refusal(
                "The bot does not run in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT do not say where its cluster is.",
                Cure
            );
        }

        var (authority, token) = (Path.Combine(folder, "ca.crt"), Path.Combine(folder, "token"));

        if (Array.Find([authority, token], file => !File.Exists(file)) is { } missing)
        {
            return new Refusal(
                $"The pod's service account has no {Path.GetFileName(missing)}: {missing} is not there.",
                Cure
            );
        }

        files.Add(authority);

        try
        {
            var space = Path.Combine(folder, "namespace");
            return new ClusterAccess(new UriBuilder(Uri.UriSchemeHttps, host, number).Uri)
            {
                CaPem = File.ReadAllText(authority),
                TokenFile = token,
                Namespace = File.Exists(space) ? File.ReadAllText(space).Trim() : "default",
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Refusal($"The pod's service account in {folder} cannot be read ({error.GetType().Name}).", Cure);
        }
    }
}
