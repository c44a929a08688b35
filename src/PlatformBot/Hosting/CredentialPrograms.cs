using PlatformBot.Cli;
using PlatformBot.Kubernetes;

namespace PlatformBot.Hosting;

/// <summary>Starts the credential programs of client configurations as it starts tools: without a shell, in a clean environment, tied to the bot.</summary>
internal sealed class CredentialPrograms(ProcessRunner runner, ToolEnvironment environment, TimeProvider clock)
{
    /// <summary>A program that waits for something that a bot does not have, such as a browser, waits for ever.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private const int NotStarted = 127;

    public async Task<PluginOutput> RunAsync(CredentialPlugin plugin, string info, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Longest, clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);

        try
        {
            var result = await runner.RunAsync(Spec(plugin, info), limited.Token);
            return new(result.Exit == NotStarted ? null : result.Exit, result.StdoutText, result.StderrText);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, "", $"it has not ended within {Longest.TotalSeconds:0} s");
        }
    }

    private ProcessSpec Spec(CredentialPlugin plugin, string info)
    {
        var variables = new Dictionary<string, string>(plugin.Environment) { ["KUBERNETES_EXEC_INFO"] = info };
        return new()
        {
            Argv = [plugin.Command, .. plugin.Arguments],
            Program = Path.IsPathRooted(plugin.Command) ? plugin.Command : null,
            Environment = environment.For(Path.GetFileName(plugin.Command), variables),
            Sensitive = true,
        };
    }
}
