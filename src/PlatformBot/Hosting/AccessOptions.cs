using System.ComponentModel.DataAnnotations;
using PlatformBot.Core.Roles;

namespace PlatformBot.Hosting;

/// <summary>Section "Access": who may what. The default is no.</summary>
internal sealed record AccessOptions
{
    public const string Section = "Access";

    /// <summary>
    /// Role → who holds it: user names, ids, "channel:NAME", "team:NAME", "group:NAME"; "*" is everybody. Runbooks ask for roles by these
    /// names; viewer and operator are asked for by built-in commands.
    /// </summary>
    [Required]
    public Dictionary<string, string[]> Roles { get; init; } = [];

    /// <summary>Roles that stand for others within limits.</summary>
    public GrantOptions[] Grants { get; init; } = [];

    /// <summary>The role, one of <see cref="Roles"/>, whose holders may approve alone in an emergency; null: nobody may.</summary>
    public string? BreakGlass { get; init; }

    /// <summary>How often names and circles are looked up again, so that renamed and deactivated people are noticed. 10 s to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan Refresh { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A destructive step starts only after the chat server was asked whether those who approved may still approve. While it does not
    /// answer, what it said last counts for so long; then the step waits for a person. 0 s (never) to 1 day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan TrustLastAnswer { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>Whoever holds <see cref="Role"/> holds <see cref="As"/>, too, within the limits; what is left out limits nothing.</summary>
internal sealed record GrantOptions
{
    public string Role { get; init; } = "";

    public string As { get; init; } = "";

    /// <summary>Runbooks' commands.</summary>
    public string[] Commands { get; init; } = [];

    public string[] Clusters { get; init; } = [];

    /// <summary>Names of phases.</summary>
    public string[] Phases { get; init; } = [];

    public Grant ToGrant() => new(Role, As, Commands, Clusters, Phases);
}
