using System.ComponentModel.DataAnnotations;

namespace PlatformBot.Storage;

/// <summary>Section "Storage".</summary>
internal sealed record StorageOptions
{
    /// <summary>The journal: one SQLite file, on a disk that survives the bot. Default: <c>platformbot.sqlite</c> in the working folder.</summary>
    [Required, MinLength(1)]
    public string Journal { get; init; } = "platformbot.sqlite";
}
