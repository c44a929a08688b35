using System.Text.RegularExpressions;
using PlatformBot.TestKit;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>What somebody reads who does not know the bot yet.</summary>
public sealed partial class HelpTests
{
    [Fact]
    public async Task Help_tells_what_there_is_and_how_it_is_used()
    {
        await using var chat = await TheChat.WithAsync(
            "- step: wait\n  title: Wait for somebody\n  manual: { ask: Look at it, evidence: text }"
        );
        string[] questions =
        [
            "/platform",
            "/platform help",
            "/platform help deploy",
            "/platform help skip",
            "/platform help depoly",
            "/platform whoami",
        ];
        var told = "";

        foreach (var question in questions)
            told += $"> {question}\n\n{await chat.SaysAsync("ada", question)}\n\n";

        UserId().Replace(told, "{id}").ShouldMatchSnapshot("help");
    }

    [GeneratedRegex("(?<=`)[a-z0-9]{26}(?=`)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserId();
}
