namespace PlatformBot.Sandbox.Twin;

/// <summary>One simulated cluster: its objects and whether its API server answers.</summary>
public sealed class TwinCluster(string name, TimeProvider clock)
{
    public string Name { get; } = name;

    public ObjectStore Objects { get; } = new(clock);

    /// <summary>True from the moment etcd is bootstrapped and the control plane's static pods run.</summary>
    public bool ApiIsUp { get; set; }
}
