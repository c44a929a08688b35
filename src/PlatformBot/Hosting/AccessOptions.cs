using System.ComponentModel.DataAnnotations;

namespace PlatformBot.Hosting;

/// <summary>Section "Access": who may what. The default is no.</summary>
internal sealed record AccessOptions
{
    public const string Section = "Access";

    /// <summary>Role → Mattermost user names or ids; "*" is everybody. Roles that are used: viewer, operator, approver, admin.</summary>
    [Required]
    public Dictionary<string, string[]> Roles { get; init; } = [];

    /// <summary>How often names are looked up again, so that renamed and deactivated people are noticed. 10 s to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan Refresh { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A destructive step starts only after the chat server was asked whether those who approved may still approve. While it does not
    /// answer, what it said last counts for so long; then the step waits for a person. 0 s (never) to 1 day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan TrustLastAnswer { get; init; } = TimeSpan.FromMinutes(10);
}
