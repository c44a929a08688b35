namespace PlatformBot.Sandbox.Twin;

/// <summary>
/// A law of nature of the simulated clusters (the kubelet, the scheduler, Flux' helm-controller, …): looks at what is
/// there and at the clock, and brings it one step nearer to what it should be. Called again and again, so it keeps no
/// promise in memory that it could read from the objects.
/// </summary>
public interface IController
{
    void Reconcile(TwinCluster cluster);
}
