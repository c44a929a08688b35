using System.ComponentModel.DataAnnotations;

namespace PlatformBot.Cli;

/// <summary>Section "Tools": the command line tools that steps run, and what they see.</summary>
internal sealed record ToolsOptions
{
    /// <summary>Folders with the tools, joined by ':'. Default: the bot's own PATH.</summary>
    public string? Path { get; init; }

    /// <summary>The private folder, in memory if possible: the tools' HOME and TMPDIR, and client configurations.</summary>
    [Required, MinLength(1)]
    public string RuntimeDirectory { get; init; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "platformbot");

    /// <summary>Where the tools are started: the folder that holds <c>commands/</c> and <c>deploy/</c>. Default: the bot's own.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>A file with the token of the 1Password service account. Default: the variable OP_SERVICE_ACCOUNT_TOKEN.</summary>
    public string? OpTokenFile { get; init; }

    /// <summary>The folder with the secrets that runbooks call file://name; null: there are none.</summary>
    public string? SecretsDirectory { get; init; }

    /// <summary>More variables that every tool sees.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>How long a process may take to end after TERM, before KILL.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);
}
