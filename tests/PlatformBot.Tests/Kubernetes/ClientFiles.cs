using System.Text;
using PlatformBot.Core;
using PlatformBot.Kubernetes;

namespace PlatformBot.Tests.Kubernetes;

/// <summary>A folder with client configurations, and what the bot makes of them.</summary>
internal sealed class ClientFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("platformbot-kubeconfig-");
    private readonly TestAuthority _authority = new("infra");

    public ClientFiles()
    {
        (Certificate, Key) = _authority.Client("CN=admin, O=system:masters");
        Write("ca.crt", _authority.CaPem);
        Write("admin.crt", Certificate);
        Write("admin.key", Key);
        Write("token", "from-the-file\n");
    }

    public string Folder => _folder.FullName;

    public string Certificate { get; }

    public string Key { get; }

    /// <summary>The certificate-authority-data of a cluster.</summary>
    public string Authority => Base64(_authority.CaPem);

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public string PathOf(string name) => Path.Combine(Folder, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    /// <summary>One file with the context x, the cluster c and the user u.</summary>
    /// <param name="cluster">its fields, as YAML in one line without braces; {ca}, {cert} and {key} stand for what is right there</param>
    public string WriteConfig(
        string cluster,
        string user,
        string context = "cluster: c, user: u",
        string name = "config"
    ) =>
        Write(
            name,
            $$"""
            current-context: nothing
            clusters: [{ name: c, cluster: { {{Filled(cluster)}} } }]
            users: [{ name: u, user: { {{Filled(user)}} } }]
            contexts: [{ name: x, context: { {{context}} } }]
            """
        );

    public Result<ClusterAccess> Find(KubernetesOptions options, string context = "x") =>
        Kubeconfig.Read(options).Ok(out var configuration, out var refusal) ? configuration.Find(context) : refusal;

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Filled(string fields) =>
        fields
            .Replace("{ca}", Authority, StringComparison.Ordinal)
            .Replace("{cert}", Base64(Certificate), StringComparison.Ordinal)
            .Replace("{key}", Base64(Key), StringComparison.Ordinal);
}
