using System.ComponentModel.DataAnnotations;

namespace PlatformBot.Hosting;

/// <summary>Section "Http": what the bot's port puts up with. People never notice these limits.</summary>
internal sealed record HttpOptions
{
    public const string Section = "Http";

    /// <summary>
    /// Where health is told, a URL with another port than the callbacks'; null: at the callbacks' own. Nobody but a probe needs it.
    /// </summary>
    public string? Health { get; init; }

    /// <summary>Requests per second of one address, in the long run. All that comes through chat comes from one address.</summary>
    [Range(1, 1_000_000)]
    public int PerAddress { get; init; } = 100;

    /// <summary>How many more one address may send at once.</summary>
    [Range(1, 1_000_000)]
    public int AddressBurst { get; init; } = 400;
}
