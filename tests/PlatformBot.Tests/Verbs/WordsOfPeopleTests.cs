using System.Diagnostics;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Verbs;

/// <summary>The bot's own program is started with words that people typed in chat.</summary>
public sealed class WordsOfPeopleTests
{
    [Fact]
    public async Task A_word_with_an_at_sign_is_a_word_and_no_file_of_the_host()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "what-only-the-bot-may-read", TestContext.Current.CancellationToken);

        var said = await SaidAsync("rehearse", $"@{file}", "--speed", "never");

        said.ShouldContain("never");
        said.ShouldNotContain("what-only-the-bot-may-read");
        File.Delete(file);
    }

    private static async Task<string> SaidAsync(params string[] words)
    {
        using var process = new Process
        {
            StartInfo = new("dotnet")
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            },
        };
        process.StartInfo.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "platformbot.dll"));

        foreach (var word in words)
            process.StartInfo.ArgumentList.Add(word);

        process.Start();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return await output + await error;
    }
}
