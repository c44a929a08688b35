using PlatformBot.Sandbox.Tools.Kube;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Tools.Platform;

/// <summary>
/// The cluster that a tool means by a context, after its API server has really answered to the context's credentials.
/// Tools with much knowledge of their own (helm, cilium, …) act on the twin's objects from there on.
/// </summary>
internal sealed class TwinAccess(TwinWorld world, KubeClients clients)
{
    /// <param name="complain">words the tool's own error for a reason such as <c>dial tcp …: connect: connection refused</c></param>
    /// <exception cref="ToolException">No such context, no answer, or no right.</exception>
    public async Task<(KubeAccess Api, TwinCluster Cluster)> OpenAsync(
        ToolCall call,
        string? context,
        string? kubeconfig,
        Func<string, string> complain
    )
    {
        var files = await KubeConfigFiles.ReadAsync(call, kubeconfig);
        var found = files.Find(context) ?? throw new ToolException(complain($"context \"{context}\" does not exist"));
        var client = clients.Open(found);

        try
        {
            var answer = await client.GetAsync("/version", call.Killed);

            if (!answer.IsOk)
                throw new ToolException(complain("the server has asked for the client to provide credentials"));
        }
        catch (UnreachableException away)
        {
            throw new ToolException(complain($"Get \"{away.Server}/version\": {away.Message}"));
        }

        return world.Clusters.TryGetValue(found.Cluster, out var cluster)
            ? (new KubeAccess(call, client), cluster)
            : throw new ToolException(complain($"the cluster \"{found.Cluster}\" is not one of the twin's"));
    }
}
