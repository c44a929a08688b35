using PlatformBot.Core;
using PlatformBot.Core.Checks;

namespace PlatformBot.Kubernetes;

/// <summary>The clusters that the client configurations know, now: the files are looked at again for every use, because a bootstrap writes them.</summary>
/// <param name="pins">null trusts whoever answers</param>
internal sealed class Clusters(
    KubernetesOptions options,
    PluginRunner plugins,
    Redactor redactor,
    IClusterPins? pins,
    ILoggerFactory loggers,
    TimeProvider clock
) : IDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger<Clusters>();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Fingerprint, ClusterClient Client)> _clients = [];
    private readonly HashSet<string> _pems = [];
    private string _stamp = "";
    private Result<Kubeconfig> _configuration = new Refusal("not read yet", "ask again");

    /// <summary>A context that has changed gets a new connection; who still uses the old one finishes with it.</summary>
    public Result<ClusterClient> Find(string context)
    {
        lock (_gate)
        {
            Refresh();

            if (!Read(context).Ok(out var access, out var refusal))
                return refusal;

            if (_clients.TryGetValue(context, out var known) && known.Fingerprint == access.Fingerprint)
                return known.Client;

            var client = new ClusterClient(context, access, Connect(context, access), clock);
            _clients[context] = (access.Fingerprint, client);
            return client;
        }
    }

    public void Dispose()
    {
        foreach (var (_, client) in _clients.Values)
            client.Dispose();
    }

    private ClusterConnection Connect(string context, ClusterAccess access) =>
        new(
            context,
            access,
            new(access, plugins, redactor, clock),
            pins is null ? null : new(context, access.ToString(), pins, clock),
            options,
            clock,
            _logger
        );

    private Result<ClusterAccess> Read(string context)
    {
        if (context == options.InCluster)
        {
            return InCluster.Read(
                options.ServiceAccount,
                Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST"),
                Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT"),
                _pems
            );
        }

        if (!_configuration.Ok(out var configuration, out var refusal))
            return refusal;

        var found = configuration.Find(context);
        _pems.UnionWith(configuration.Files);
        return found;
    }

    private void Refresh()
    {
        var stamp = string.Join('|', options.Files().Concat(_pems).Select(StampOf));

        if (stamp == _stamp)
            return;

        (_stamp, _configuration) = (stamp, Kubeconfig.Read(options));
    }

    private static string StampOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? $"{path} {file.LastWriteTimeUtc.Ticks} {file.Length}" : path;
    }
}
