using System.ComponentModel;
using System.Diagnostics;
using PlatformBot.Core;
using PlatformBot.Core.Statements;

namespace PlatformBot.Cli;

/// <summary>
/// Signs with a person's own key, in their terminal: ssh-keygen asks there for a passphrase, or to touch a token. A key may also be in
/// an agent, which may be at the other end of an SSH connection.
/// </summary>
/// <param name="path">a private key, or a public one whose other half is in the agent; null: looks for one</param>
internal sealed class SshKey(string? path)
{
    private const string Keygen = "ssh-keygen";
    private const string Hint = "Name the key with --key; a public key will do where the agent has the other half.";

    public async Task<Result<Signed>> SignAsync(string statement, string use, CancellationToken cancelled)
    {
        if (!(path is null ? Choose(await InAgentAsync(cancelled)) : Named(path)).Ok(out var key, out var refusal))
            return refusal;

        try
        {
            var (exit, signature) = await RunAsync(
                Keygen,
                ["-Y", "sign", "-q", "-f", key.Path, "-n", use],
                statement,
                cancelled
            );
            return exit == 0 && Signed.Of(statement, signature) is { } signed
                ? signed
                : new Refusal($"{Keygen} made no signature with {key.Path}.", Hint);
        }
        finally
        {
            if (key.IsOurs)
                File.Delete(key.Path);
        }
    }

    private static Result<Key> Named(string path) =>
        File.Exists(path) ? new Key(path, IsOurs: false) : new Refusal($"There is no key {path}.", Hint);

    /// <summary>The usual one, from the agent if it is there; else the only one in the agent.</summary>
    private static Result<Key> Choose(string[] inAgent)
    {
        var home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh", "id_ed25519");
        var open = $"{home}.pub";

        if (File.Exists(open) && inAgent.Any(line => Half(line) == Half(File.ReadAllText(open))))
            return new Key(open, IsOurs: false);

        if (File.Exists(home))
            return new Key(home, IsOurs: false);

        if (inAgent is not [var only])
        {
            return new Refusal(
                inAgent.Length == 0
                    ? $"There is neither {home} nor a key in an agent (SSH_AUTH_SOCK)."
                    : $"There is no {home}, and the agent has {inAgent.Length} keys.",
                Hint
            );
        }

        var file = Path.GetTempFileName();
        File.WriteAllText(file, $"{only}\n");
        return new Key(file, IsOurs: true);
    }

    private static async Task<string[]> InAgentAsync(CancellationToken cancelled)
    {
        if (Environment.GetEnvironmentVariable("SSH_AUTH_SOCK") is null)
            return [];

        var (exit, output) = await RunAsync("ssh-add", ["-L"], input: "", cancelled);
        return exit == 0 ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];
    }

    /// <summary>A public key without its comment.</summary>
    private static string Half(string line) => string.Join(' ', line.Split(' ').Take(2)).Trim();

    private static async Task<(int Exit, string Output)> RunAsync(
        string program,
        string[] arguments,
        string input,
        CancellationToken cancelled
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };

        try
        {
#pragma warning disable RS0030 // Not one of the bot's tools: it belongs to the person at the terminal, and has to reach them.
            using var process = Process.Start(start)!;
#pragma warning restore RS0030
            await process.StandardInput.WriteAsync(input.AsMemory(), cancelled);
            process.StandardInput.Close();
            var output = await process.StandardOutput.ReadToEndAsync(cancelled);
            await process.WaitForExitAsync(cancelled);
            return (process.ExitCode, output);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            return (127, "");
        }
    }

    /// <param name="IsOurs">written for this once</param>
    private sealed record Key(string Path, bool IsOurs);
}
