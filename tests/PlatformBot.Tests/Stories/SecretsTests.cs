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

    private const string Kept = """
        - step: keep
          title: A tool that takes a secret
          destructive: replaces what ${{ cluster.name }} has
          run: [world, keep]
          secrets: { TOKEN: "op://Infra/world/token" }
          probe: [{ run: [world, has, kept] }]
          verify: [{ run: [world, has, kept] }]
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

    [Theory]
    [InlineData("file://deploy-token")]
    [InlineData("env://DEPLOY_TOKEN")]
    public async Task A_secret_from_a_file_or_a_variable_is_given_to_its_step_and_found_nowhere_else(string reference)
    {
        var folder = Directory.CreateTempSubdirectory("secrets-").FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "deploy-token"),
            "pq7-amber-lynx-91-Zt\n",
            TestContext.Current.CancellationToken
        );
        Environment.SetEnvironmentVariable("PLATFORMBOT_SECRET_DEPLOY_TOKEN", "pq7-amber-lynx-91-Zt");
        await using var chat = await TheChat.WithAsync(
            $"{Kept.Replace("op://Infra/world/token", reference, StringComparison.Ordinal)}\n{Leak.Replace("op://Infra/world/token", reference, StringComparison.Ordinal)}",
            settings: new() { ["Tools:SecretsDirectory"] = folder }
        );
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");
        await chat.PressesAsync("grace", approval, "approve");
        await chat.SeesAsync("Issue #1");

        (await File.ReadAllTextAsync(Path.Combine(chat.World, "kept"), chat.Limit)).ShouldBe("pq7-amber-lynx-91-Zt");
        await IsNowhereAsync(chat, "pq7-amber-lynx-91-Zt");
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("file://../../etc/passwd")]
    [InlineData("env://Mattermost__Token")]
    public async Task A_reference_that_leads_elsewhere_is_no_reference(string reference)
    {
        var wrong = await Should.ThrowAsync<PlatformBot.Hosting.CatalogueException>(async () =>
            await TheChat.WithAsync(Leak.Replace("op://Infra/world/token", reference, StringComparison.Ordinal))
        );

        wrong.Message.ShouldContain("a reference op://vault/item/field, file://name or env://NAME");
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

    [Fact]
    public async Task A_secret_that_changed_after_the_approval_is_read_when_its_step_begins()
    {
        await using var chat = await TheChat.WithAsync(Kept);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));

        chat.Rotates("zT4-amber-heron-77-Wd");
        await chat.SaysAsync("grace", "/platform approve 1 infra/rollout");

        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        var kept = await File.ReadAllTextAsync(Path.Combine(chat.World, "kept"), chat.Limit);
        kept.ShouldBe("zT4-amber-heron-77-Wd");
        chat.JournalBytes().ShouldContain("op://Infra/world/token");
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
