using PlatformBot.Core;
using PlatformBot.Core.Statements;

namespace PlatformBot.Cli;

/// <summary>Where the keys of people are, for <see cref="SshSignatures"/>.</summary>
/// <param name="Program">full path of ssh-keygen</param>
/// <param name="AllowedSigners">file, see "ALLOWED SIGNERS" in ssh-keygen(1); null: nobody's signature counts</param>
/// <param name="RevokedKeys">file of revoked keys, or a KRL; null for none</param>
/// <param name="Folder">private, for the moment in which a signature has to be a file</param>
internal sealed record SshKeys(string Program, string? AllowedSigners, string? RevokedKeys, string Folder);

/// <summary>
/// Asks ssh-keygen, which reads the lists of keys anew each time. A key is one person's: where the list gives the key to several, or to
/// a pattern, it is nobody's, or one person could be two.
/// </summary>
internal sealed class SshSignatures(ProcessRunner runner, SshKeys keys, TimeProvider clock) : ISignatures
{
    private const UnixFileMode Others = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const int NotStarted = 127;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly SignatureFinding TooSlow = new(null, "ssh-keygen did not answer in time.");

    /// <summary>Times in the list without a Z are of the host's time zone, which ssh-keygen finds by itself.</summary>
    private static readonly Dictionary<string, string> Environment = new()
    {
        ["LANG"] = "C",
        ["PATH"] = "/usr/bin:/bin",
    };

    public async Task<SignatureFinding> CheckAsync(
        Signed signed,
        string person,
        string use,
        CancellationToken cancelled
    )
    {
        if (!Signer.IsName(person))
            return new(false, "Nobody can be called so.");

        if (keys.AllowedSigners is not { } list || !File.Exists(list))
            return new(null, "There is no list of keys (Console:AllowedSigners).");

        if (new[] { list, keys.RevokedKeys }.OfType<string>().FirstOrDefault(IsOpen) is { } open)
            return new(null, $"Others than its owner may write {open}: chmod go-w.");

        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancelled);
        var file = Path.Combine(keys.Folder, $"{Guid.NewGuid():N}.sig");

        try
        {
            await WriteAsync(file, signed.Signature, either.Token);
            return await OwnerAsync(file, list, person, either.Token)
                ?? await VerifyAsync(file, list, person, use, signed.Statement, either.Token);
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            return TooSlow;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Whoever may write it decides who is who. A file that is not there is ssh-keygen's to complain of.</summary>
    private static bool IsOpen(string path)
    {
        var file = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        return !OperatingSystem.IsWindows()
            && File.Exists(file)
            && (File.GetUnixFileMode(file) & Others) != UnixFileMode.None;
    }

    /// <summary>What stands against the key being this person's alone; null when it is.</summary>
    private async Task<SignatureFinding?> OwnerAsync(string file, string list, string person, CancellationToken stop)
    {
        var found = await AskAsync(["-Y", "find-principals", "-s", file, "-f", list], null, stop);

        if (found.Exit == NotStarted)
            return new(null, Said(found));

        var names = found.StdoutText.Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
        );
        return (found.Exit, names) switch
        {
            (0, [var only]) when only == person => null,
            (0, [var only]) => new(false, $"The key is not {person}'s but {only}'s."),
            (0, _) => new(
                false,
                $"The list gives the key to {string.Join(" and ", names)}: a key must be one person's."
            ),
            _ => new(false, "The key is in no line of the list that is valid now."),
        };
    }

    private async Task<SignatureFinding> VerifyAsync(
        string file,
        string list,
        string person,
        string use,
        string statement,
        CancellationToken stop
    )
    {
        string[] revoked = keys.RevokedKeys is null ? [] : ["-r", keys.RevokedKeys];
        var verified = await AskAsync(
            ["-Y", "verify", "-f", list, "-I", person, "-n", use, "-s", file, .. revoked],
            statement,
            stop
        );
        return verified.Exit switch
        {
            0 => new(true, verified.StdoutText.Trim()),
            NotStarted => new(null, Said(verified)),
            _ => new(false, Said(verified)),
        };
    }

    private Task<ProcessResult> AskAsync(string[] arguments, string? input, CancellationToken stop) =>
        runner.RunAsync(
            new ProcessSpec
            {
                Argv = [Path.GetFileName(keys.Program), .. arguments],
                Environment = Environment,
                Input = input is null ? null : System.Text.Encoding.UTF8.GetBytes(input),
            },
            stop
        );

    private static string Said(ProcessResult result) => result.Tail.Trim().ReplaceLineEndings("; ");

    private static async Task WriteAsync(string path, string text, CancellationToken stop)
    {
        await using var writer = new StreamWriter(path, OwnerOnly.Writing(FileMode.CreateNew));
        await writer.WriteAsync(text.AsMemory(), stop);
    }
}
