using System.Net;
using System.Text;
using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>Attacks that were seen elsewhere. Each is refused, leaves a line in the journal, and touches nothing.</summary>
public sealed class AttackTests
{
    private const string Echo = """
        - step: echo
          title: Say ${{ arguments.version }}
          run: [world, "${{ arguments.version }}"]
          proves-itself: true
        """;

    [Fact]
    public async Task A_click_that_was_recorded_before_a_restart_counts_for_nothing_after_it()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe, approval: "{ quorum: 2 }");
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");
        await chat.PressesAsync("grace", approval, "approve");
        using var recorded = chat.Tap.LastTo("/mattermost/action");
        await chat.RestartBotAsync();

        (await chat.ForgesAsync("mattermost/action", recorded)).Body.ShouldContain(":no_entry:");

        chat.Audit.ShouldHaveSingleItem().ShouldContain("without the chat server's signature");
        chat.Journal.Count(entry => entry.What is RunEvent.Voted).ShouldBe(1);
        chat.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_true_signature_of_an_approver_does_not_make_a_button_of_somebody_elses_making()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");
        await chat.PressesAsync("ada", approval, "approve");
        var signed = await TriggerOfAsync(chat, "grace");

        using var forged = chat.Tap.LastTo(
            "/mattermost/action",
            body =>
            {
                body["user_id"] = chat.Server.Persons["grace"].Id;
                body["trigger_id"] = signed;
                body["context"]!["value"] = $"{body["context"]!["value"]} ";
            }
        );
        (await chat.ForgesAsync("mattermost/action", forged)).Body.ShouldContain(":no_entry:");

        chat.Audit[^1].ShouldContain("a button that is not the bot's");
        chat.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_form_that_is_handed_in_twice_counts_once()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe, approval: "{ quorum: 2 }");
        await chat.SaysAsync("ada", "/platform deploy infra");
        var approval = await chat.SeesAsync(post => post.Buttons.Contains("deny"));
        await chat.FillsInAsync("grace", approval, "deny", "not today");
        await chat.SeesAsync("Run #1 denied");

        using var again = chat.Tap.LastTo("/mattermost/dialog");
        (await chat.ForgesAsync("mattermost/dialog", again)).Body.ShouldContain("Run #1 is over");

        chat.Journal.Count(entry => entry.What is RunEvent.Voted).ShouldBe(1);
        chat.Audit.ShouldHaveSingleItem().ShouldStartWith("grace: Deny infra/rollout");
    }

    [Fact]
    public async Task The_token_of_a_command_that_was_made_anew_opens_nothing()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        var commands = await chat.AsAdminAsync(
            HttpMethod.Get,
            $"commands?team_id={chat.Server.TeamId}&custom_only=true"
        );
        var stale = (string)commands[0]!["token"]!;
        await chat.AsAdminAsync(HttpMethod.Put, $"commands/{commands[0]!["id"]}/regen_token");
        await chat.RestartBotAsync();

        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["token"] = stale,
                ["team_id"] = chat.Server.TeamId,
                ["user_id"] = chat.Server.Persons["ada"].Id,
                ["text"] = "deploy infra",
            }
        );
        (await chat.ForgesAsync("mattermost/command", form)).Status.ShouldBe(401);

        chat.Audit.ShouldHaveSingleItem().ShouldContain("a token that is not the bot's");
        chat.Journal.ShouldNotContain(entry => entry.What is RunEvent.Planned);
    }

    [Fact]
    public async Task Somebody_elses_command_by_our_name_is_noticed()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        var command = new
        {
            team_id = chat.Server.TeamId,
            trigger = "cake",
            method = "P",
            url = "http://127.0.0.1:9/cake",
        };
        var made = await chat.AsAdminAsync(HttpMethod.Post, "commands", command);
        await chat.AsAdminAsync(
            HttpMethod.Put,
            $"commands/{made["id"]}",
            new
            {
                id = (string)made["id"]!,
                command.team_id,
                trigger = "platform",
                command.method,
                command.url,
            }
        );

        await chat.StopBotAsync();
        await chat.StartBotAsync();

        await chat.UntilAsync(entries =>
            entries.Any(entry => entry.What is RunEvent.Suspected { What: "another command by the name /platform" })
        );
        chat.Log.Warnings.ShouldContain(line =>
            line.Contains("Somebody else has registered /platform", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_post_that_no_person_wrote_commands_nothing()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        await PostsAsync("deploy infra", new { from_webhook = "true", override_username = "ada" });
        await PostsAsync("deploy infra", new { override_username = "ada" });
        var edited = await PostsAsync("hello", new { });
        await chat.AsAsync(
            "ada",
            HttpMethod.Put,
            $"posts/{edited["id"]}/patch",
            new { message = "@platformbot deploy infra" }
        );
        await chat.AsBotAsync(
            HttpMethod.Post,
            "posts",
            new { channel_id = chat.Server.OpsChannelId, message = "@platformbot deploy infra" }
        );

        // Whatever the bot would have made of these it has made before it answers this one.
        await PostsAsync("whoami", new { });
        await chat.SeesAsync("You are @");
        chat.Journal.ShouldNotContain(entry => entry.What is RunEvent.Planned);

        Task<System.Text.Json.Nodes.JsonNode> PostsAsync(string text, object props) =>
            chat.AsAsync(
                "ada",
                HttpMethod.Post,
                "posts",
                new
                {
                    channel_id = chat.Server.OpsChannelId,
                    message = text == "hello" ? text : $"@platformbot {text}",
                    props,
                }
            );
    }

    [Fact]
    public async Task A_reaction_a_yes_and_a_quote_approve_nothing()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");
        var grace = chat.Server.Persons["grace"].Id;

        await chat.AsAsync(
            "grace",
            HttpMethod.Post,
            "reactions",
            new
            {
                user_id = grace,
                post_id = approval.Id,
                emoji_name = "white_check_mark",
            }
        );

        foreach (var text in new[] { "yes", "approve", "> @platformbot approve 1 infra/rollout", "LGTM @platformbot" })
        {
            await chat.AsAsync(
                "grace",
                HttpMethod.Post,
                "posts",
                new
                {
                    channel_id = chat.Server.OpsChannelId,
                    root_id = approval.Id,
                    message = text,
                }
            );
        }

        // Whatever the bot would have made of these it has made before it answers this one.
        await chat.AsAsync(
            "grace",
            HttpMethod.Post,
            "posts",
            new { channel_id = chat.Server.OpsChannelId, message = "@platformbot whoami" }
        );
        await chat.SeesAsync("You are @");
        chat.Journal.ShouldNotContain(entry => entry.What is RunEvent.Voted);
        chat.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_has_no_role_cannot_tell_what_there_is_from_what_there_is_not()
    {
        await using var chat = await TheChat.WithAsync(
            Catalogues.Wipe,
            settings: new() { ["Access:Roles:viewer:0"] = "ada" }
        );
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));

        foreach (var verb in new[] { "approve", "deny", "confirm", "status", "logs", "why", "retry", "cancel" })
        {
            var there = await chat.SaysAsync("mallory", $"/platform {verb} 1 infra/wipe");
            var nowhere = await chat.SaysAsync("mallory", $"/platform {verb} 99 infra/nothing");
            there.ShouldStartWith(":no_entry:");
            nowhere.ShouldBe(there);
        }
    }

    [Theory]
    [InlineData("@/etc/passwd")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("../../etc/passwd")]
    [InlineData("%00%2e%2e")]
    [InlineData("${{ secrets.TOKEN }}")]
    [InlineData("{{ 7 * 7 }} $(id) ${HOME}")]
    public async Task A_value_that_would_lead_somewhere_leads_nowhere(string value)
    {
        await using var chat = await TheChat.WithAsync(Echo);

        await chat.SaysAsync("ada", $"/platform deploy infra version={Core.Runbooks.CommandWords.Quote(value)}");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");

        (await File.ReadAllTextAsync(Path.Combine(chat.World, "said"), chat.Limit)).ShouldBe($"{value}\n");
    }

    [Fact]
    public async Task Rules_that_somebody_changed_are_in_the_journal_before_they_count()
    {
        var settings = new Dictionary<string, string?>();
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe, settings: settings);
        await chat.RestartBotAsync();
        chat.Journal.Count(entry => entry.What is RunEvent.RulesRead).ShouldBe(1);

        await chat.StopBotAsync();
        settings["Access:Roles:approver:3"] = "mallory";
        await chat.StartBotAsync();
        await chat.ReadyAsync();

        var read = chat.Journal.Select(entry => entry.What).OfType<RunEvent.RulesRead>().ToList();
        read.Count.ShouldBe(2);
        read[0].Rules.ShouldNotContain("mallory");
        read[1].Rules.ShouldContain("\"approver\":[\"ada\",\"grace\",\"linus\",\"mallory\"]");
    }

    [Fact]
    public async Task A_body_that_is_packed_is_not_unpacked()
    {
        await using var chat = await TheChat.WithAsync(Echo);
        using var http = new HttpClient { BaseAddress = chat.BotUri };
        using var bomb = new StringContent("{}", Encoding.UTF8, "application/json");
        bomb.Headers.ContentEncoding.Add("gzip");

        (await http.PostAsync(new Uri("mattermost/action", UriKind.Relative), bomb, chat.Limit)).StatusCode.ShouldBe(
            HttpStatusCode.UnsupportedMediaType
        );
    }

    /// <summary>What the chat server signs for a person who says something harmless, taken off the wire before the bot has it.</summary>
    private static async Task<string> TriggerOfAsync(TheChat chat, string who)
    {
        chat.Tap.Drops = true;
        await chat[who].Seat.TypeAsync("/platform help", chat.Limit);
        chat.Tap.Drops = false;
        return Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(chat.Tap.LastBody("/mattermost/command"))[
            "trigger_id"
        ]!;
    }
}
