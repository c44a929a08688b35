using System.ComponentModel.DataAnnotations;

namespace PlatformBot.Mattermost;

/// <summary>How the bot reaches Mattermost, and how Mattermost reaches the bot. Section "Mattermost".</summary>
internal sealed record MattermostOptions : IValidatableObject
{
    public const string Section = "Mattermost";

    /// <summary>The server's site URL, such as https://chat.example.org.</summary>
    [Required, Url]
    public string Url { get; init; } = "";

    /// <summary>The bot account's access token. Better in a file or in the environment (Mattermost__Token) than in appsettings.json.</summary>
    public string? Token { get; init; }

    /// <summary>A file that holds the token; read again whenever the server refuses the one in use.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The team's name as it stands in its URL.</summary>
    [Required, RegularExpression("^[a-z0-9-]{2,64}$")]
    public string Team { get; init; } = "";

    /// <summary>The name, as in its URL, of the channel where runs are posted.</summary>
    [Required, RegularExpression("^[a-z0-9_-]{1,64}$")]
    public string Channel { get; init; } = "";

    /// <summary>Base URL under which Mattermost reaches the bot. Without it: the address that the bot listens on.</summary>
    [Url]
    public string? CallbackUrl { get; init; }

    /// <summary>The word after the slash.</summary>
    [RegularExpression("^[a-z][a-z0-9-]{0,63}$")]
    public string Trigger { get; init; } = "platform";

    /// <summary>The slash command's token, where the bot may not read it by itself (it needs to be team admin for that).</summary>
    public string? CommandToken { get; init; }

    /// <summary>The secret that authenticates buttons and dialogs; made when the file is not there. Keep it next to the journal.</summary>
    [Required]
    public string SigningKeyFile { get; init; } = "data/mattermost.key";

    /// <summary>Least time between two edits of one post: each edit leaves a full hidden copy on the server. 0 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan CardInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a button works after it was last drawn. 1 min to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan ButtonLife { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a person may take to fill in a dialog. 1 min to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan DialogLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How old the server's signature on a click may be. 1 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan TriggerLife { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How far the server's clock may be from the bot's. 0 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one request to the server may take. 1 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the bot looks whether its account, channel and command are still as they should be. 10 s to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan SelfTestInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A mention that is older than this when the bot hears of it is not carried out any more. 1 s to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MentionLife { get; init; } = TimeSpan.FromMinutes(5);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Token) == string.IsNullOrWhiteSpace(TokenFile))
        {
            yield return new(
                "Give either Mattermost:Token or Mattermost:TokenFile.",
                [nameof(Token), nameof(TokenFile)]
            );
        }
    }

    // A record prints all that it holds, and this one holds secrets.
    public override string ToString() => $"{Url} {Team}/{Channel}";

    /// <summary>Commands, clicks and forms per second of one person, in the long run.</summary>
    [Range(1, 1_000_000)]
    public int PerPerson { get; init; } = 2;

    /// <summary>How many more one person may send at once.</summary>
    [Range(1, 1_000_000)]
    public int PersonBurst { get; init; } = 60;

    /// <summary>How long a request's body may take to arrive. 1 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
