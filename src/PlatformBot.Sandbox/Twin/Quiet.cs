namespace PlatformBot.Sandbox.Twin;

/// <summary>Spares a controller that depends on objects alone from looking at a cluster in which nothing has happened.</summary>
internal sealed class Quiet
{
    private readonly Dictionary<TwinCluster, string> _seen = [];

    /// <param name="outside">Whatever else the controller depends on.</param>
    /// <returns>True when nothing has changed since the last look.</returns>
    public bool Is(TwinCluster cluster, string outside)
    {
        var now = $"{cluster.Objects.Version} {cluster.ApiIsUp} {outside}";

        if (_seen.GetValueOrDefault(cluster) == now)
            return true;

        _seen[cluster] = now;
        return false;
    }
}
