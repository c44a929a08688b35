namespace PlatformBot.Sandbox.Tools.Kube;

/// <summary>How one call of a tool reaches its API server: the files, the context, the connection, the kinds.</summary>
internal sealed class KubeAccess(ToolCall call, KubeClient client)
{
    private KubeResources? _resources;

    public KubeClient Client => client;

    public string DefaultNamespace => client.Context.Namespace;

    /// <exception cref="ToolException">There is no such context.</exception>
    public static async Task<KubeAccess> OpenAsync(
        ToolCall call,
        KubeClients clients,
        string? context,
        string? kubeconfig
    )
    {
        var files = await KubeConfigFiles.ReadAsync(call, kubeconfig);

        if (files.Find(context) is { } found)
            return new KubeAccess(call, clients.Open(found));

        throw new ToolException(
            context is null
                ? "The connection to the server localhost:8080 was refused - did you specify the right host or port?"
                : $"Error in configuration: context was not found for specified context: {context}"
        );
    }

    public async Task<KubeResources> ResourcesAsync() =>
        _resources ??= await KubeResources.DiscoverAsync(client, call.Killed);

    /// <exception cref="ToolException">The API server refuses.</exception>
    public async Task<KubeAnswer> GetAsync(string path)
    {
        var answer = await client.GetAsync(path, call.Killed);
        return answer.IsOk ? answer : throw KubeErrors.From(answer);
    }

    /// <exception cref="ToolException">The API server refuses.</exception>
    public async Task<KubeAnswer> SendAsync(
        HttpMethod method,
        string path,
        System.Text.Json.Nodes.JsonNode? body,
        string contentType
    )
    {
        var answer = await client.SendAsync(method, path, body, contentType, call.Killed);

        foreach (var warning in answer.Warnings)
            call.ComplainLine($"Warning: {warning}");

        return answer.IsOk ? answer : throw KubeErrors.From(answer);
    }
}
