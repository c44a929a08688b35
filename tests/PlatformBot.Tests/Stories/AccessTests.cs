using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>Who may what: roles through channels, roles within limits, and the bot's word for it.</summary>
public sealed class AccessTests
{
    private const string Wipe = """
        - step: wipe
          title: Wipe it
          destructive: wipes ${{ cluster.name }}
          run: [world, did, "wiped-${{ cluster.name }}"]
          probe: [{ run: [world, has, "wiped-${{ cluster.name }}"] }]
          verify: [{ run: [world, has, "wiped-${{ cluster.name }}"] }]
        """;

    private static readonly Dictionary<string, string?> ThroughChannel = new()
    {
        ["Access:Roles:approver:0"] = "channel:security",
        ["Access:Roles:approver:1"] = "channel:security",
        ["Access:Roles:approver:2"] = "channel:security",
    };

    private static readonly Dictionary<string, string?> AppsTeam = new()
    {
        ["Access:Roles:apps-team:0"] = "mallory",
        ["Access:Roles:apps-team:1"] = "linus",
        ["Access:Roles:operator:1"] = "ada",
        ["Access:Roles:approver:2"] = "ada",
        ["Access:Grants:0:Role"] = "apps-team",
        ["Access:Grants:0:As"] = "operator",
        ["Access:Grants:0:Clusters:0"] = "apps",
        ["Access:Grants:1:Role"] = "apps-team",
        ["Access:Grants:1:As"] = "approver",
        ["Access:Grants:1:Commands:0"] = "deploy",
        ["Access:Grants:1:Clusters:0"] = "apps",
    };

    [Fact]
    public async Task Whoever_is_in_a_private_channel_holds_its_role_until_the_moment_they_leave()
    {
        await using var chat = await TheChat.WithAsync(Wipe, settings: ThroughChannel);
        var channel = await ChannelAsync(chat, "P");
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");
        approval.Text.ShouldContain("@grace can decide");
        (await chat.SaysAsync("grace", "/platform whoami")).ShouldContain("approver");

        await chat.AsAdminAsync(HttpMethod.Delete, $"channels/{channel}/members/{chat.Server.Persons["grace"].Id}");
        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("needs the role approver");
        chat.Done.ShouldBeEmpty();

        await JoinAsync(chat, channel, chat.Server.Persons["grace"].Id);
        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("is approved");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
    }

    [Fact]
    public async Task A_channel_that_anybody_could_join_gives_nobody_a_role()
    {
        await using var chat = await TheChat.WithAsync(Wipe, settings: ThroughChannel);
        await ChannelAsync(chat, "O");
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");

        approval.Text.ShouldContain("Nobody else has the role approver");
        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("needs the role approver");
        chat.Log.Warnings.ShouldContain(line => IsOpen(line));
    }

    [Fact]
    public async Task A_role_within_limits_is_a_role_there_and_nowhere_else()
    {
        await using var chat = await TheChat.WithAsync(Wipe, settings: AppsTeam);

        (await chat.SaysAsync("mallory", "/platform deploy infra")).ShouldContain(
            "needs the role operator for deploy on infra"
        );
        (await chat.SaysAsync("mallory", "/platform deploy all")).ShouldContain("for deploy on infra, apps");
        var apps = await chat.AsksForAsync("mallory", "/platform deploy apps");
        apps.Text.ShouldContain("@ada @grace @linus can decide");
        (await chat.PressesAsync("linus", apps, "approve")).ShouldContain("is approved");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");

        await chat.SaysAsync("ada", "/platform deploy infra");
        var infra = await chat.SeesAsync(post => post.Buttons.Contains("approve") && post.Id != apps.Id);
        infra.Text.ShouldContain("@grace can decide");
        (await chat.PressesAsync("linus", infra, "approve")).ShouldContain("needs the role approver");
        (await chat.SaysAsync("linus", "/platform cancel 2")).ShouldContain(
            "needs the role operator for deploy on infra"
        );
        chat.Done.ShouldBe(["wiped-apps"]);
    }

    [Fact]
    public async Task One_of_platform_and_one_of_security_must_approve_and_nobody_is_both()
    {
        await using var chat = await TheChat.WithAsync(
            Wipe,
            approval: "{ groups: { platform: 1, security: 1 } }",
            settings: new()
            {
                ["Access:Roles:platform:0"] = "grace",
                ["Access:Roles:platform:1"] = "linus",
                ["Access:Roles:security:0"] = "grace",
            }
        );
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");
        approval.Text.ShouldContain("needs 2 approvals: 1 of platform and 1 of security");
        (await chat.SaysAsync("ada", "/platform why 1")).ShouldContain(
            "waits for 2 more approvals (1 of platform and 1 of security)"
        );

        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("1 of 2. Still missing: 1 of security.");
        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("one person counts once");
        (await chat.PressesAsync("linus", approval, "approve")).ShouldContain("is approved");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
    }

    [Fact]
    public async Task Why_says_which_rule_decides_and_who_can_lift_it()
    {
        await using var chat = await TheChat.WithAsync(Wipe, settings: AppsTeam);

        var mine = await chat.SaysAsync("ada", "/platform why deploy infra");
        mine.ShouldContain("You may start it: role operator, by name.");
        mine.ShouldContain("**infra/rollout** then needs 1 approval by somebody other than who starts it.");
        mine.ShouldContain("which @grace has");
        var theirs = await chat.SaysAsync("mallory", "/platform why deploy infra");
        theirs.ShouldContain("You may not start it. It takes the role operator for deploy on infra, which @ada has");
        (await chat.SaysAsync("mallory", "/platform why deploy apps")).ShouldContain(
            "You may start it: role apps-team, by name, which is operator on apps."
        );
        (await chat.SaysAsync("mallory", "/platform whoami")).ShouldContain(
            "apps-team (is operator on apps) (is approver of deploy on apps)"
        );

        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));
        (await chat.SaysAsync("ada", "/platform why 1")).ShouldContain(
            "**infra/rollout** waits for 1 more approval until"
        );
        (await chat.SaysAsync("ada", "/platform why 1")).ShouldContain("You cannot: You asked for this run");
        (await chat.SaysAsync("grace", "/platform why 1")).ShouldContain("You can: role approver, by name.");
        (await chat.SaysAsync("grace", "/platform why nonsense")).ShouldContain("There is no command");
    }

    [Fact]
    public async Task Whoever_takes_over_a_freed_name_takes_over_no_role()
    {
        await using var chat = await TheChat.WithAsync(Wipe);
        await RenameAsync(chat, "grace", "grace.hopper");
        await RenameAsync(chat, "mallory", "grace");
        await chat.RestartBotAsync();

        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");
        approval.Text.ShouldContain("@grace.hopper @linus can decide");
        (await chat.PressesAsync("mallory", approval, "approve")).ShouldContain("needs the role approver");
        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("is approved");
    }

    [Fact]
    public async Task Nobody_approves_their_own_run_under_another_name()
    {
        await using var chat = await TheChat.WithAsync(Wipe);
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");
        await RenameAsync(chat, "ada", "countess");

        (await chat.PressesAsync("ada", approval, "approve")).ShouldContain("someone else must approve");
        chat.Done.ShouldBeEmpty();
    }

    private static Task RenameAsync(TheChat chat, string who, string name) =>
        chat.AsAdminAsync(HttpMethod.Put, $"users/{chat.Server.Persons[who].Id}/patch", new { username = name });

    private static async Task<string> ChannelAsync(TheChat chat, string type)
    {
        var channel = await chat.AsAdminAsync(
            HttpMethod.Post,
            "channels",
            new
            {
                team_id = chat.Server.TeamId,
                name = "security",
                display_name = "Security",
                type,
            }
        );
        var id = (string)channel["id"]!;
        await JoinAsync(chat, id, chat.Server.BotUserId);
        await JoinAsync(chat, id, chat.Server.Persons["grace"].Id);
        await chat.RestartBotAsync();

        // Names are known from the journal at once, circles when the chat server has answered.
        while (
            !chat.Log.Warnings.Any(IsOpen)
            && !(await chat.SaysAsync("grace", "/platform whoami")).Contains("approver", StringComparison.Ordinal)
        )
        {
            await Task.Delay(TimeSpan.FromSeconds(1), chat.Clock, chat.Limit);
        }

        return id;
    }

    private static bool IsOpen(string line) =>
        line.Contains("channel:security: It is public", StringComparison.Ordinal);

    private static Task JoinAsync(TheChat chat, string channel, string user) =>
        chat.AsAdminAsync(HttpMethod.Post, $"channels/{channel}/members", new { user_id = user });
}
