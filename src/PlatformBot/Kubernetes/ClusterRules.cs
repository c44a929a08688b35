using PlatformBot.Core;

namespace PlatformBot.Kubernetes;

/// <summary>What a "cluster" of a client configuration may say.</summary>
internal static class ClusterRules
{
    private static readonly string[] Proxies = ["http", "https", "socks5"];

    /// <param name="insecure">the settings allow this context to believe whoever answers</param>
    public static Result<ClusterAccess> Read(KubeconfigEntry cluster, PemFields pems, bool insecure)
    {
        if (!ServerOf(cluster).Ok(out var server, out var refusal))
            return refusal;

        if (!pems.ReadAuthorities(cluster).Ok(out var authorities, out refusal))
            return refusal;

        if (Skips(cluster, authorities, insecure) is { } unsafely)
            return unsafely;

        var access = new ClusterAccess(server)
        {
            ServerName = cluster.Text("tls-server-name"),
            CaPem = authorities.Text,
            Insecure = cluster.Text("insecure-skip-tls-verify") == "true",
        };
        return WithProxy(access, cluster);
    }

    private static Result<Uri> ServerOf(KubeconfigEntry cluster)
    {
        const string Cure = "Write the server as https://host:port.";

        if (cluster.Text("server") is not { } server)
            return new Refusal($"{cluster} has no server.", Cure);

        var isAddress = Uri.TryCreate(server, UriKind.Absolute, out var address);

        if (isAddress && address!.Scheme == Uri.UriSchemeHttp)
        {
            return new Refusal(
                $"The server of {cluster} is an http address, over which everybody could read the credentials.",
                Cure
            );
        }

        if (!isAddress || address!.Scheme != Uri.UriSchemeHttps)
            return new Refusal($"The server of {cluster} is no https address: {server.Split('@')[^1]}.", Cure);

        return address.UserInfo.Length > 0 || address.Query.Length > 0
            ? new Refusal($"The server of {cluster} holds more than host, port and path.", Cure)
            : address;
    }

    private static Refusal? Skips(KubeconfigEntry cluster, Pem authorities, bool allowed)
    {
        if (cluster.Text("insecure-skip-tls-verify") != "true")
            return null;

        if (authorities.Text is not null)
        {
            return new(
                $"{cluster} has both a certificate-authority and insecure-skip-tls-verify.",
                "Remove insecure-skip-tls-verify: with it the authority is for nothing."
            );
        }

        return allowed
            ? null
            : new(
                $"{cluster} skips TLS verification; the bot must know whom it talks to.",
                "Remove insecure-skip-tls-verify and give certificate-authority-data, or name the context in Kubernetes:Insecure."
            );
    }

    private static Result<ClusterAccess> WithProxy(ClusterAccess access, KubeconfigEntry cluster)
    {
        if (cluster.Text("proxy-url") is not { } written)
            return access;

        return Uri.TryCreate(written, UriKind.Absolute, out var proxy) && Proxies.Contains(proxy.Scheme)
            ? access with
            {
                Proxy = proxy,
            }
            : new Refusal(
                $"The proxy-url of {cluster} is none that can be used.",
                $"It begins with one of {string.Join(", ", Proxies.Select(scheme => $"{scheme}://"))}."
            );
    }
}
