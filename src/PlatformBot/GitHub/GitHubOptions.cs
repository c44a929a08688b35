using System.ComponentModel.DataAnnotations;

namespace PlatformBot.GitHub;

/// <summary>Where incidents become issues. Section "GitHub".</summary>
internal sealed record GitHubOptions : IValidatableObject
{
    public const string Section = "GitHub";

    /// <summary>Without it nothing is reported, and the rest of this section is not looked at.</summary>
    public bool Enabled { get; init; }

    /// <summary>Base URL of the REST API; for GitHub Enterprise Server https://host/api/v3.</summary>
    [Required, Url]
    public string ApiUrl { get; init; } = "https://api.github.com";

    /// <summary>owner/name</summary>
    [RegularExpression("^[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}$")]
    public string Repository { get; init; } = "";

    /// <summary>A token that may write issues. Better in a file or in the environment (GitHub__Token) than in appsettings.json.</summary>
    public string? Token { get; init; }

    /// <summary>A file that holds the token; read again whenever GitHub refuses the one in use.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Every issue of the bot carries the first of these labels; that is how it finds them again.</summary>
    [MinLength(1)]
    public IReadOnlyList<string> Labels { get; init; } = ["platformbot"];

    /// <summary>How long one request may take. 1 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Enabled)
            yield break;

        if (Repository.Length == 0)
            yield return new("GitHub:Repository is missing: owner/name.", [nameof(Repository)]);

        if (string.IsNullOrWhiteSpace(Token) == string.IsNullOrWhiteSpace(TokenFile))
            yield return new("Give either GitHub:Token or GitHub:TokenFile.", [nameof(Token), nameof(TokenFile)]);
    }

    // A record prints all that it holds, and this one holds secrets.
    public override string ToString() => $"{ApiUrl} {Repository}";
}
