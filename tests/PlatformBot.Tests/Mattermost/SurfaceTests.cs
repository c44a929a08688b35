using System.Net;
using System.Net.Sockets;
using System.Text;
using PlatformBot.Tests.Stories;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Mattermost;

/// <summary>What everybody who reaches the bot's port can do to it: nothing.</summary>
public sealed class SurfaceTests
{
    private const string Push = """
        - step: push
          run: [world, did, pushed]
          proves-itself: true
        """;

    [Fact]
    public async Task Whoever_sends_a_body_byte_by_byte_is_let_go()
    {
        await using var chat = await TheChat.WithAsync(
            Push,
            settings: new() { ["Mattermost:BodyTimeout"] = "00:00:01" }
        );
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", chat.BotUri.Port, chat.Limit);
        var stream = client.GetStream();
        await stream.WriteAsync(
            "POST /mattermost/action HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{"u8.ToArray(),
            chat.Limit
        );

        using var reader = new StreamReader(stream, Encoding.ASCII);
        (await reader.ReadLineAsync(chat.Limit)).ShouldBe("HTTP/1.1 408 Request Timeout");
        (await chat.SaysAsync("ada", "/platform whoami")).ShouldContain("operator");
    }

    [Fact]
    public async Task A_flood_of_one_address_is_cut_and_nobodys_journal_fills()
    {
        await using var chat = await TheChat.WithAsync(
            Push,
            settings: new() { ["Http:PerAddress"] = "1", ["Http:AddressBurst"] = "40" }
        );
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(_ => chat.ForgesAsync("mattermost/action", new StringContent("{}")))
        );

        answers.Count(answer => answer.Status == 429).ShouldBeGreaterThan(50);
        answers.ShouldAllBe(answer => answer.Body.Length == 0);
        chat.Journal.Count(entry => entry.What is Core.Runs.RunEvent.Suspected).ShouldBeLessThanOrEqualTo(60);
    }

    [Fact]
    public async Task Whoever_asks_for_more_than_a_person_does_is_asked_to_wait_and_others_are_not()
    {
        await using var chat = await TheChat.WithAsync(
            Push,
            settings: new() { ["Mattermost:PerPerson"] = "1", ["Mattermost:PersonBurst"] = "5" }
        );
        var answers = new List<string>();

        for (var time = 0; time < 12; time++)
            answers.Add(await chat.SaysAsync("mallory", "/platform deploy infra"));

        answers.ShouldContain(answer => answer.Contains("That is a lot at once", StringComparison.Ordinal));
        answers.Count(answer => answer.Contains("needs the role", StringComparison.Ordinal)).ShouldBeLessThan(10);
        chat.Audit.ShouldContain("suspected: more at once from one person than a person does");
        (await chat.SaysAsync("grace", "/platform whoami")).ShouldContain("approver");
    }

    [Fact]
    public async Task A_header_without_end_and_a_path_of_no_sense_are_turned_away()
    {
        await using var chat = await TheChat.WithAsync(Push);
        using var http = new HttpClient { BaseAddress = chat.BotUri };

        using var long1 = new HttpRequestMessage(HttpMethod.Get, "healthz");
        long1.Headers.Add("X-Long", new string('x', 20_000));
        (await http.SendAsync(long1, chat.Limit)).StatusCode.ShouldBe(HttpStatusCode.RequestHeaderFieldsTooLarge);
        var long2 = await http.GetAsync(new Uri(new string('x', 8000), UriKind.Relative), chat.Limit);
        long2.StatusCode.ShouldBe(HttpStatusCode.RequestUriTooLong);
        (await http.GetAsync(new Uri("mattermost/action", UriKind.Relative), chat.Limit)).StatusCode.ShouldBe(
            HttpStatusCode.MethodNotAllowed
        );
        (await http.GetAsync(new Uri("runs/1", UriKind.Relative), chat.Limit)).StatusCode.ShouldBe(
            HttpStatusCode.NotFound
        );
    }

    [Fact]
    public async Task Health_is_told_at_its_own_port_and_at_no_other()
    {
        var port = TheChat.FreePort();
        await using var chat = await TheChat.WithAsync(
            Push,
            settings: new() { ["Http:Health"] = $"http://127.0.0.1:{port}" }
        );
        using var http = new HttpClient();

        (await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/healthz"), chat.Limit)).ShouldBe("ok");
        using var spoofed = new HttpRequestMessage(HttpMethod.Get, new Uri(chat.BotUri, "healthz"));
        spoofed.Headers.Host = $"127.0.0.1:{port}";
        (await http.SendAsync(spoofed, chat.Limit)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (
            await http.PostAsync(new Uri($"http://127.0.0.1:{port}/mattermost/action"), null, chat.Limit)
        ).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
