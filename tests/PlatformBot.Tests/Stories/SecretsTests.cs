using System.Text;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

public sealed class SecretsTests
{
    private const string Leak = """
        - step: leak
          title: A tool that says too much
          run: [world, leak]
          secrets: { TOKEN: "op://Infra/world/token" }
          proves-itself: true
        """;

    [Fact]
    public async Task A_secret_that_a_tool_prints_is_found_nowhere()
    {
        await using var chat = await TheChat.WithAsync(Leak);
        await chat.SaysAsync("ada", "/platform deploy infra");
        (await chat.SeesAsync(post => post.Buttons.Contains("retry"))).Text.ShouldContain("the token is");
        await chat.SeesAsync("Issue #1");
        await chat.SaysAsync("ada", "/platform cancel 1 enough");
        await chat.SeesAsync(":x: Run #1 failed");

        await IsNowhereAsync(chat, Catalogues.Secret);
        await IsNowhereAsync(chat, Convert.ToBase64String(Encoding.UTF8.GetBytes(Catalogues.Secret)));
    }

    [Fact]
    public async Task What_a_sensitive_step_prints_is_found_nowhere()
    {
        await using var chat = await TheChat.WithAsync(
            Leak.Replace("proves-itself: true", "sensitive: true\n  proves-itself: true", StringComparison.Ordinal)
        );
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("retry"));
        await chat.SeesAsync("Issue #1");

        await IsNowhereAsync(chat, "the token is");
        await IsNowhereAsync(chat, Catalogues.Secret);
    }

    private static async Task IsNowhereAsync(TheChat chat, string secret)
    {
        (await chat.ChannelTextAsync()).ShouldNotContain(secret);
        (await chat.SaysAsync("ada", "/platform logs 1 infra/leak")).ShouldNotContain(secret);
        string.Concat(chat.Tracker.Issues.Select(issue => $"{issue.Title} {issue.Body}")).ShouldNotContain(secret);
        chat.JournalBytes().ShouldContain("infra/leak");
        chat.JournalBytes().ShouldNotContain(secret);
        string.Join('\n', chat.Log.Lines).ShouldNotContain(secret);
        chat.Log.Lines.ShouldNotBeEmpty();
    }
}
