using PlatformBot.Core.Runbooks;
using PlatformBot.Core.Runs;

namespace PlatformBot.Cli;

/// <summary>What the tools' own files (<c>commands/tools/</c>) say about them; the bot itself knows no tool by name.</summary>
/// <param name="Environment">tool → variables of the bot's own environment that it may see</param>
/// <param name="IsSensitive">argv → its output is never shown or stored</param>
/// <param name="Read">argv and how it ended → what that means; null when nothing is said about it</param>
internal sealed record ToolKnowledge(
    Func<string, IReadOnlyList<string>> Environment,
    Func<IReadOnlyList<string>, bool> IsSensitive,
    Func<IReadOnlyList<string>, ProcessResult, ToolWord?> Read
)
{
    public static ToolKnowledge Of(ToolBook book) =>
        new(
            book.Environment,
            book.IsSensitive,
            (argv, result) => book.Read(argv, result.Exit, result.StdoutText, result.StderrText)
        );

    /// <summary>Words that nobody has explained are a failure that another attempt may heal; a tool that is not there is not.</summary>
    public static Verdict VerdictOf(ToolWord? word, int exit) =>
        (word?.Means, exit) switch
        {
            (ToolMeaning.Done, _) => Verdict.AlreadyThere,
            (ToolMeaning.Retry, _) => Verdict.Retry,
            (ToolMeaning.Stop, _) => Verdict.Failed,
            (ToolMeaning.Ask, _) => Verdict.AskPerson,
            (null, 0) => Verdict.Done,
            (null, 127) => Verdict.Failed,
            _ => Verdict.Retry,
        };
}
