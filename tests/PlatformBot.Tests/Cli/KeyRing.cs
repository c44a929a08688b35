using System.Diagnostics;
using PlatformBot.Cli;
using PlatformBot.Core.Statements;

namespace PlatformBot.Tests.Cli;

/// <summary>Keys of people, made by the real ssh-keygen, and the list of whose they are.</summary>
internal sealed class KeyRing : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("platformbot-keys-");

    public string AllowedSigners => Path.Combine(_folder.FullName, "allowed_signers");

    public string RevokedKeys => Path.Combine(_folder.FullName, "revoked_keys");

    public string KeyOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Makes a key that nobody knows yet.</summary>
    public async Task<KeyRing> MakeAsync(string name)
    {
#pragma warning disable RS0030 // The tests' own tool.
        using var process = Process.Start(
            new ProcessStartInfo("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", KeyOf(name)])
        )!;
#pragma warning restore RS0030
        await process.WaitForExitAsync(Xunit.TestContext.Current.CancellationToken);
        return this;
    }

    /// <summary>Makes a key for each of them and lists it under their name.</summary>
    public async Task<KeyRing> WithAsync(params string[] names)
    {
        foreach (var name in names)
        {
            await MakeAsync(name);
            Add(name, name);
        }

        return this;
    }

    /// <param name="principals">the first field of the line, and options after it</param>
    public void Add(string key, string principals)
    {
        File.AppendAllText(AllowedSigners, $"{principals} {Public(key)}\n");
        MayBeWrittenByOthers(false);
    }

    /// <summary>The list's mode.</summary>
    public void MayBeWrittenByOthers(bool may)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(AllowedSigners, may ? Owner | UnixFileMode.GroupWrite : Owner);
    }

    /// <summary>The list as somebody edits it.</summary>
    public void Replace(params string[] lines) => File.WriteAllLines(AllowedSigners, lines);

    public void Revoke(string key)
    {
        File.AppendAllText(RevokedKeys, $"{Public(key)}\n");

        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(RevokedKeys, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public string Public(string key) => File.ReadAllText($"{KeyOf(key)}.pub").Trim();

    public async Task<Signed> SignAsync(string key, string statement, string use)
    {
        var signing = await new SshKey(KeyOf(key)).SignAsync(
            statement,
            use,
            Xunit.TestContext.Current.CancellationToken
        );
        return signing.Ok(out var signed, out var refusal)
            ? signed
            : throw new InvalidOperationException(refusal.Reason);
    }

    /// <param name="list">null for the usual one</param>
    public SshSignatures Signatures(string? list = null) =>
        Asking("/usr/bin/ssh-keygen", list ?? AllowedSigners, TimeProvider.System);

    /// <param name="program">in place of ssh-keygen</param>
    public SshSignatures SignaturesBy(string program, TimeProvider clock) => Asking(program, AllowedSigners, clock);

    private SshSignatures Asking(string program, string list, TimeProvider clock)
    {
        var runner = new ProcessRunner(
            new(Path.GetDirectoryName(program)!),
            new(),
            clock,
            ProcessMark.Of(_folder.FullName),
            directory: null,
            TimeSpan.FromSeconds(1)
        );
        var revoked = File.Exists(RevokedKeys) ? RevokedKeys : null;
        return new(runner, new SshKeys(program, list, revoked, _folder.FullName), clock);
    }

    /// <summary>A program in place of ssh-keygen that says it is there, by a file beside it, and never answers.</summary>
    public string Mute()
    {
        var program = Path.Combine(_folder.FullName, "ssh-keygen");
        File.WriteAllText(program, "#!/bin/sh\n: > \"$0.started\"\nexec /bin/sleep 300\n");

        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        return program;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
