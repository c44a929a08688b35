using System.ComponentModel.DataAnnotations;

namespace PlatformBot.Terminal;

/// <summary>Section "Console": the way in for when chat is down. Off as long as nobody's key is allowed.</summary>
internal sealed record ConsoleOptions : IValidatableObject
{
    public const string Section = "Console";

    /// <summary>
    /// Whose signatures count: "ALLOWED SIGNERS" in ssh-keygen(1), where each principal is a user name or id as in Access:Roles. Read anew
    /// each time. Null: there is no console.
    /// </summary>
    public string? AllowedSigners { get; init; }

    /// <summary>Keys that do not count any more, one a line, or a KRL. Null for none.</summary>
    public string? RevokedKeys { get; init; }

    /// <summary>The Unix socket, in a folder of its own, which only the bot's user may enter. Null: "FILE.console/socket" beside the journal.</summary>
    public string? Socket { get; init; }

    /// <summary>Full path of OpenSSH's ssh-keygen.</summary>
    [Required, RegularExpression("^/.*")]
    public string SshKeygen { get; init; } = "/usr/bin/ssh-keygen";

    /// <summary>How long a command may take from when the bot gives out its number to when it comes back signed. 5 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:10:00")]
    public TimeSpan NonceLife { get; init; } = TimeSpan.FromMinutes(2);

    /// <param name="journal">path of the journal's file</param>
    public string SocketBeside(string journal) =>
        Path.GetFullPath(string.IsNullOrEmpty(Socket) ? $"{journal}.console/socket" : Socket);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AllowedSigners is null)
            yield break;

        if (!File.Exists(AllowedSigners))
            yield return new($"Console:AllowedSigners: there is no file {AllowedSigners}.", [nameof(AllowedSigners)]);

        if (RevokedKeys is not null && !File.Exists(RevokedKeys))
            yield return new($"Console:RevokedKeys: there is no file {RevokedKeys}.", [nameof(RevokedKeys)]);

        if (!File.Exists(SshKeygen))
        {
            yield return new(
                $"Console:SshKeygen: there is no {SshKeygen}; install OpenSSH's client (Debian: openssh-client).",
                [nameof(SshKeygen)]
            );
        }
    }
}
