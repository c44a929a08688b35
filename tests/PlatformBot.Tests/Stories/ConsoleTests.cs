using System.Net;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Statements;
using PlatformBot.Terminal;
using PlatformBot.Tests.Cli;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>The console on the bot's host: the same rules, and an identity that is a key.</summary>
public sealed class ConsoleTests : IAsyncLifetime
{
    /// <summary>Makes something that only its destruction takes back, then fails.</summary>
    private const string MakeThenFail = """
        - step: make
          title: Make it
          run: [world, did, made]
          verify: [{ run: [world, has, made] }]
          rollback:
            run: [world, undo, made]
            destructive: throws away what was made
        - step: push
          title: Push it
          run: [world, did, pushed, unless, broken]
          verify: [{ run: [world, has, pushed] }]
        """;

    private readonly KeyRing _keys = new();

    public async ValueTask InitializeAsync() => await _keys.WithAsync("ada", "grace", "mallory");

    public ValueTask DisposeAsync()
    {
        _keys.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_rules_are_those_of_chat()
    {
        await using var chat = await TheChat.WithConsoleAsync(
            _keys,
            Catalogues.Wipe,
            settings: new() { ["Access:Roles:viewer:1"] = "mallory" }
        );
        (await SaysAsync(chat, "ada", "deploy", "infra")).ShouldContain("must approve infra/rollout");
        var approval = await chat.SeesAsync(post => post.Buttons.Contains("approve"));

        (await SaysAsync(chat, "ada", "approve", "1", "infra/rollout")).ShouldContain("someone else must approve");
        (await chat.PressesAsync("ada", approval, "approve")).ShouldContain("someone else must approve");
        (await SaysAsync(chat, "mallory", "approve", "1", "infra/rollout")).ShouldContain("needs the role approver");
        (await SaysAsync(chat, "mallory", "deploy", "apps")).ShouldContain("needs the role operator");
        chat.Done.ShouldBeEmpty();

        (await SaysAsync(chat, "grace", "approve", "1", "infra/rollout")).ShouldContain("is approved");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        var vote = chat.Journal.Single(entry => entry.What is RunEvent.Voted);
        vote.By.Id.ShouldBe(chat.Server.Persons["grace"].Id);
        vote.What.Origin!.Via.ShouldBe("console");
        vote.What.Origin.Address.ShouldNotBeNull().ShouldStartWith("uid ");
        CommandStatement.Parse(vote.What.Origin.Signed!.Statement)!.Command.ShouldBe("approve 1 infra/rollout");
        chat.FirstBroken.ShouldBeNull();
    }

    [Fact]
    public async Task One_person_counts_once_whichever_door_they_take()
    {
        await using var chat = await TheChat.WithConsoleAsync(
            _keys,
            Catalogues.Wipe,
            approval: "{ per: phase, quorum: 2, expires: 4h }"
        );
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");

        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("1 of 2");
        (await SaysAsync(chat, "grace", "approve", "1")).ShouldContain("one person counts once");
        var vote = await chat.VotesElsewhereAsync(_keys, asks: "ada", votes: "grace");
        (await chat.SubmitsAsync(vote)).ShouldContain("one person counts once");
        chat.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whatever_is_not_signed_so_changes_nothing_and_is_written_down()
    {
        await using var chat = await TheChat.WithConsoleAsync(_keys, Catalogues.Wipe);
        await _keys.MakeAsync("stranger");

        var said = await chat.StatementAsync("ada", "deploy infra");
        var signed = await SignAsync("ada", said);
        var tampered = signed with { Statement = said.Text.Replace("infra", "apps", StringComparison.Ordinal) };
        await RefusedAsync(chat, tampered, "does not prove who you are");
        await RefusedAsync(chat, signed, "another moment");

        var asGrace = await chat.StatementAsync("grace", "deploy infra");
        var unknown = await SignAsync("stranger", asGrace);
        var answer = await RefusedAsync(chat, unknown, "does not prove who you are");
        var others = await SignAsync("ada", await chat.StatementAsync("grace", "deploy infra"));
        (await RefusedAsync(chat, others, "does not prove who you are")).ShouldBe(answer, "who probes learns nothing");

        var elsewhere = await chat.StatementAsync("ada", "deploy infra") with { Bot = Core.Sha256.Of("another bot") };
        await RefusedAsync(chat, await SignAsync("ada", elsewhere), "another bot");

        var vote = await _keys.SignAsync(
            "ada",
            (await chat.StatementAsync("ada", "deploy infra")).Text,
            "platformbot@vote"
        );
        await RefusedAsync(chat, vote, "does not prove who you are");

        chat.Journal.ShouldNotContain(entry => entry.What is RunEvent.Planned);
        chat.Audit.Count(line => line.StartsWith("suspected: console: ", StringComparison.Ordinal)).ShouldBe(6);
        chat.Audit.ShouldContain(line => line.Contains("The key is not grace's but ada's", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_number_that_the_bot_gave_out_is_good_once_and_not_for_long()
    {
        await using var chat = await TheChat.WithConsoleAsync(
            _keys,
            Catalogues.Wipe,
            settings: new() { ["Console:NonceLife"] = "00:00:05" }
        );
        var signed = await SignAsync("ada", await chat.StatementAsync("ada", "status"));
        (await chat.SendsAsync(ConsoleWire.Command, signed)).Refused.ShouldBeFalse();
        await RefusedAsync(chat, signed, "another moment");

        var late = await SignAsync("ada", await chat.StatementAsync("ada", "status"));
        await Task.Delay(TimeSpan.FromSeconds(5.2), TimeProvider.System, chat.Limit);
        await RefusedAsync(chat, late, "another moment");

        var old = await SignAsync("ada", await chat.StatementAsync("ada", "status"));
        await chat.StopBotAsync();
        await chat.StartBotAsync();
        await RefusedAsync(chat, old, "another moment");
    }

    [Fact]
    public async Task Somebody_elsewhere_decides_on_what_the_file_says_and_their_vote_counts_once()
    {
        await using var chat = await TheChat.WithConsoleAsync(_keys, Catalogues.Wipe);
        await SaysAsync(chat, "ada", "deploy", "infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));
        var request = await SaysAsync(chat, "ada", "request", "1", "infra/rollout");
        request.ShouldContain("wipes infra");
        request.ShouldContain("world did wiped");

        var vote = await chat.VotesElsewhereAsync(_keys, asks: "ada", votes: "grace");
        (await chat.SubmitsAsync(vote)).ShouldContain("is approved");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        (await chat.SubmitsAsync(vote)).ShouldContain("is over");

        var voted = chat.Journal.Single(entry => entry.What is RunEvent.Voted);
        voted.By.Id.ShouldBe(chat.Server.Persons["grace"].Id);
        VoteStatement.Parse(voted.What.Origin!.Signed!.Statement)!.Approval.ShouldBe("infra/rollout");
        chat.Journal.Count(entry => entry.What is RunEvent.StepStarted).ShouldBe(1);
    }

    [Fact]
    public async Task A_vote_is_bound_to_all_that_it_says()
    {
        await using var chat = await TheChat.WithConsoleAsync(_keys, Catalogues.Wipe);
        await SaysAsync(chat, "ada", "deploy", "infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));
        var file = await chat.VotesElsewhereAsync(_keys, asks: "ada", votes: "grace");
        var said = VoteStatement.Parse(Signed.Parse(await File.ReadAllTextAsync(file, chat.Limit))!.Statement)!;

        await RefusedAsync(chat, said with { Digest = Core.Sha256.Of("another plan") }, "plan has changed");
        await RefusedAsync(chat, said with { Approval = "apps/rollout" }, "does not ask for what was signed");
        await RefusedAsync(
            chat,
            said with
            {
                ExpiresAt = said.ExpiresAt.AddTicks(1),
            },
            "does not ask for what was signed"
        );
        await RefusedAsync(chat, said with { Run = new(2) }, "There is no run");
        await RefusedAsync(chat, said with { Bot = Core.Sha256.Of("another bot") }, "another bot");
        await RefusedAsync(chat, said with { Person = "ada" }, "does not prove who you are");
        var asCommand = await _keys.SignAsync("grace", said.Text, CommandStatement.Namespace);
        (await chat.SendsAsync(ConsoleWire.Vote, asCommand)).Text.ShouldContain("does not prove who you are");
        (
            await chat.SendsAsync(
                ConsoleWire.Command,
                await _keys.SignAsync("grace", said.Text, VoteStatement.Namespace)
            )
        ).Text.ShouldContain("no statement");

        var own = await chat.VotesElsewhereAsync(_keys, asks: "grace", votes: "ada");
        (await chat.SubmitsAsync(own)).ShouldContain("someone else must approve");
        chat.Journal.ShouldNotContain(entry => entry.What is RunEvent.Voted);
        chat.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_somebody_changed_on_its_way_is_not_signed()
    {
        await using var chat = await TheChat.WithConsoleAsync(_keys, Catalogues.Wipe);
        await SaysAsync(chat, "ada", "deploy", "infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));
        var text = await SaysAsync(chat, "ada", "request", "1", "infra/rollout");
        var request = VoteRequest.Parse(text)!;
        var path = Path.Combine(chat.World, "request.txt");

        var telling = request.Entries.Where(entry => Changed(entry.What) is not null).ToList();
        telling
            .Select(entry => entry.What.GetType())
            .ShouldBe([typeof(RunEvent.Planned), typeof(RunEvent.ApprovalAsked)]);

        foreach (var entry in telling)
        {
            var changed = request.Entries.Select(each =>
                each == entry ? each with { What = Changed(each.What)! } : each
            );
            await File.WriteAllTextAsync(path, (request with { Entries = [.. changed] }).ToBlock(), chat.Limit);

            var (exit, output) = await TheChat.ConsoleAsync([
                "vote",
                "--request",
                path,
                "--sign",
                "--as",
                "grace",
                "--key",
                _keys.KeyOf("grace"),
            ]);

            exit.ShouldBe(1, entry.What.GetType().Name);
            output.ShouldContain("Do not sign");
        }
    }

    /// <summary>What would look otherwise to whoever reads the file; null for what says nothing of the plan.</summary>
    private static RunEvent? Changed(RunEvent what) =>
        what switch
        {
            RunEvent.Planned planned => planned with { Plan = planned.Plan with { Command = "tidy" } },
            RunEvent.ApprovalAsked { Inputs: { } inputs } asked => asked with
            {
                Inputs = [.. inputs.Select(pin => pin with { Value = Core.Sha256.Of("another") })],
            },
            _ => null,
        };

    [Fact]
    public async Task What_undoing_destroys_is_decided_on_elsewhere_too()
    {
        await using var chat = await TheChat.WithConsoleAsync(_keys, MakeThenFail);
        await File.WriteAllTextAsync(Path.Combine(chat.World, "broken"), "", chat.Limit);
        await SaysAsync(chat, "ada", "deploy", "infra");
        await chat.SeesAsync(post => post.Buttons.Contains("rollback"));
        await SaysAsync(chat, "ada", "rollback", "1", "wrong window");
        await chat.UntilAsync(entries => entries.Any(entry => entry.What is RunEvent.ApprovalAsked));

        (await SaysAsync(chat, "ada", "request", "1", "rollback")).ShouldContain("throws away what was made");
        var vote = await chat.VotesElsewhereAsync(_keys, "ada", "grace", of: "rollback");
        (await chat.SubmitsAsync(vote)).ShouldContain("is approved");

        await chat.SeesAsync("Run #1 rolled back");
    }

    [Fact]
    public async Task At_the_prompt_one_command_follows_the_other()
    {
        await using var chat = await TheChat.WithConsoleAsync(_keys, Catalogues.Wipe);
        using var typed = new StringReader("/platform whoami\n\nstatus\n");

        var (exit, output) = await TheChat.ConsoleAsync(
            typed,
            ["--socket", chat.Socket, "--as", "ada", "--key", _keys.KeyOf("ada")]
        );

        exit.ShouldBe(0);
        output.ShouldContain("You are @ada");
        output.ShouldContain("Nothing is running.");
    }

    [Fact]
    public async Task Denying_elsewhere_says_why()
    {
        await using var chat = await TheChat.WithConsoleAsync(_keys, Catalogues.Wipe);
        await SaysAsync(chat, "ada", "deploy", "infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));

        var vote = await chat.VotesElsewhereAsync(_keys, "ada", "grace", how: ["--deny", "not during the release"]);
        await chat.SubmitsAsync(vote);

        (await chat.SeesAsync(":no_entry: Run #1 denied")).Text.ShouldContain("not during the release");
    }

    [Fact]
    public async Task Only_the_socket_serves_it_and_only_its_owner_reaches_the_socket()
    {
        await using var chat = await TheChat.WithConsoleAsync(_keys, Catalogues.Wipe);
        using var nothing = new StringContent("{}");

        foreach (var path in new[] { ConsoleWire.Hello, ConsoleWire.Command, ConsoleWire.Vote })
            (await chat.ForgesAsync(path[1..], nothing)).Status.ShouldBe((int)HttpStatusCode.NotFound, path);

        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(chat.Socket).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.GetUnixFileMode(Path.GetDirectoryName(chat.Socket)!)
                .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        using var client = new HttpClient(
            new SocketsHttpHandler { ConnectCallback = (_, stop) => ConsoleClient.ConnectAsync(chat.Socket, stop) }
        );
        (await client.GetAsync(new Uri("http://console/healthz"), chat.Limit)).StatusCode.ShouldBe(
            HttpStatusCode.NotFound
        );
        (await client.PostAsync(new Uri("http://console/mattermost/command"), nothing, chat.Limit)).StatusCode.ShouldBe(
            HttpStatusCode.NotFound
        );
        chat.Journal.Count(entry => entry.What is RunEvent.ConsoleOpened).ShouldBe(1);
    }

    [Fact]
    public async Task Without_a_list_of_keys_there_is_no_console()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);

        File.Exists(chat.Socket).ShouldBeFalse();
        (await SaysAsync(chat, "ada", "status")).ShouldContain("The bot does not answer");
        chat.Journal.ShouldNotContain(entry => entry.What is RunEvent.ConsoleOpened);
    }

    [Fact]
    public async Task Whom_the_list_names_and_the_roles_do_not_is_told_what_to_do()
    {
        await _keys.WithAsync("edsger");
        await using var chat = await TheChat.WithConsoleAsync(_keys, Catalogues.Wipe);

        (await SaysAsync(chat, "edsger", "deploy", "infra")).ShouldContain("must stand in Access:Roles");
        chat.Audit.ShouldHaveSingleItem().ShouldContain("signed by edsger, whom the bot does not know");
    }

    private Task<string> SaysAsync(TheChat chat, string who, params string[] words) =>
        chat.ConsoleSaysAsync(_keys, who, words);

    private Task<Signed> SignAsync(string key, CommandStatement said) =>
        _keys.SignAsync(key, said.Text, CommandStatement.Namespace);

    private static async Task<string> RefusedAsync(TheChat chat, Signed signed, string why)
    {
        var answer = await chat.SendsAsync(ConsoleWire.Command, signed);
        answer.Refused.ShouldBeTrue();
        answer.Text.ShouldContain(why);
        return answer.Text;
    }

    private async Task RefusedAsync(TheChat chat, VoteStatement said, string why)
    {
        var signed = await _keys.SignAsync("grace", said.Text, VoteStatement.Namespace);
        var answer = await chat.SendsAsync(ConsoleWire.Vote, signed);
        answer.Refused.ShouldBeTrue(why);
        answer.Text.ShouldContain(why);
    }
}
