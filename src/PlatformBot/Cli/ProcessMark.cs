using PlatformBot.Core;

namespace PlatformBot.Cli;

/// <summary>
/// What the bot writes into the environment of each process it starts. All that a process starts inherits it, whatever session it
/// moves to and whoever becomes its parent; so what has left its group is found again, even by the bot's next life.
/// </summary>
/// <param name="Owner">the bot, the same in each of its lives</param>
/// <param name="Life">this one</param>
internal sealed record ProcessMark(string Owner, string Life)
{
    public const string Variable = "PLATFORMBOT_MARK";

    /// <param name="journal">the file that makes this bot this bot; it is locked, so no other life is going on</param>
    public static ProcessMark Of(string journal) =>
        new(Sha256.Of(Path.GetFullPath(journal))[..16], $"{Guid.NewGuid():N}");

    /// <summary>For one process and all that it starts.</summary>
    public string Next() => $"{Owner}/{Life}/{Guid.NewGuid():N}";

    public bool IsOfAnEarlierLife(string mark) =>
        mark.StartsWith($"{Owner}/", StringComparison.Ordinal)
        && !mark.StartsWith($"{Owner}/{Life}/", StringComparison.Ordinal);
}
