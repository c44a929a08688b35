using PlatformBot.Kubernetes;
using PlatformBot.Sandbox;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

public sealed class MannersTests
{
    private const string Throttled = "08-auth-errors/40-flowcontrol-429";
    private const string ThrottledApply = "08-auth-errors/41-flowcontrol-429-on-apply";
    private const string Eviction = "06-patch-delete/70-eviction-blocked-by-pdb-429";
    private const string WebhookDown = "13-misc-http/23-admission-webhook-down-500";
    private const string BackendDown = "13-misc-http/20-aggregated-api-down-503";
    private const string Unauthorized = "08-auth-errors/02-bad-token-401";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>What was done after the server said no to it, or to the loss of its answer: tried again, and after how long.</summary>
    // csharpier-ignore-start - a table
    public static TheoryData<string, bool, string?> Answers => new()
    {
        // who answers what                repeatable  waits
        { Throttled,                       true,       "1.5" },
        { ThrottledApply,                  false,      "1.5" },
        { Eviction,                        true,       null },
        { WebhookDown,                     false,      "0.375" },
        { BackendDown,                     true,       null },
        { Unauthorized,                    true,       null },
        { "02-apply/16-type-error-500",    true,       null },
        { "04-list-paging/15-future-rv-504", true,     null },
    };
    // csharpier-ignore-end

    [Theory]
    [MemberData(nameof(Answers))]
    public void A_server_that_said_no_is_asked_again_only_where_it_has_done_nothing(
        string name,
        bool repeatable,
        string? wait
    )
    {
        var recorded = Recording.Read(name);
        var call = new ApiCall(new(recorded.Request.Method), recorded.Request.Target) { Repeatable = repeatable };
        var after = recorded.Headers.FirstOrDefault(header => header.Name == "Retry-After").Value;
        var error = ApiException.From(
            recorded.Code,
            recorded.Headers.First(header => header.Name == "Content-Type").Value.Split(';')[0],
            System.Text.Encoding.UTF8.GetString(recorded.Body),
            after is null ? null : TimeSpan.FromSeconds(int.Parse(after))
        );

        Manners
            .WaitBefore(call, error, tries: 1, TimeSpan.Zero, Patience, chance: 1)
            ?.TotalSeconds.ToString()
            .ShouldBe(wait);
    }

    [Theory]
    [InlineData(Silence.NotSent, false, true)]
    [InlineData(Silence.Lost, true, true)]
    [InlineData(Silence.Lost, false, false)]
    [InlineData(Silence.TimedOut, true, false)]
    [InlineData(Silence.Untrusted, true, false)]
    [InlineData(Silence.NotAsked, true, false)]
    public void Without_an_answer_nothing_is_done_twice(object silence, bool repeatable, bool again)
    {
        var call = new ApiCall(HttpMethod.Post, "/x") { Repeatable = repeatable };

        (Wait(call, ApiException.Unreachable("gone", (Silence)silence), 1, TimeSpan.Zero) is not null).ShouldBe(again);
    }

    [Fact]
    public void Pauses_grow_to_eight_seconds_and_end_with_the_patience()
    {
        var lost = ApiException.Unreachable("gone");

        Enumerable
            .Range(1, 7)
            .Select(tries =>
                Manners
                    .WaitBefore(ApiCall.Get("/x"), lost, tries, TimeSpan.Zero, TimeSpan.FromMinutes(5), chance: 0)!
                    .Value.TotalSeconds
            )
            .ShouldBe([0.5, 1, 2, 4, 8, 8, 8]);
        Wait(ApiCall.Get("/x"), lost, 3, TimeSpan.FromSeconds(3.4)).ShouldBeNull();
    }

    [Fact]
    public async Task A_request_that_flow_control_turned_away_arrives_in_the_end()
    {
        await using var server = await RecordedServer.StartAsync(
            Recording.Read(Throttled),
            Recording.Read(Throttled),
            Recording.Of("GET", "/api/v1/namespaces/default/configmaps", 200, "{}")
        );
        var clock = new FastClock(TimeProvider.System, 20);
        using var connection = server.Connect(clock);
        var began = clock.GetTimestamp();

        await connection.SendAsync(ApiCall.Get("/api/v1/namespaces/default/configmaps"), Scene.Stop);

        clock.GetElapsedTime(began).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2));
        server.ShouldBePlayedOut();
    }

    [Fact]
    public async Task What_is_turned_away_for_good_names_the_queue_and_the_audit_log()
    {
        await using var server = await RecordedServer.StartAsync([.. Enumerable.Repeat(Recording.Read(Throttled), 10)]);
        using var connection = server.Connect(new FastClock(TimeProvider.System, 100));

        var error = await Should.ThrowAsync<ApiException>(
            connection.SendAsync(ApiCall.Get("/api/v1/namespaces/default/configmaps"), Scene.Stop)
        );

        error
            .For("infra")
            .ShouldBe(
                "API server of infra answers 429: Too many requests, please try again later. (flow schema"
                    + " 3386cf35-848a-4e0e-92d1-02d761010f5a, priority level 6a8feb71-a4c4-4e2f-83e3-5b63b8f3ac01)"
            );
        error.AuditId.ShouldBe("fc2d7c28-765c-4de3-9057-6c3b9d09bb01");
        server.ShouldBePlayedOut();
    }

    [Fact]
    public async Task A_cut_connection_is_made_anew_for_a_read_and_never_for_a_creation()
    {
        await using var server = await RecordedServer.StartAsync(
            Recording.CutOff("GET", "/x"),
            Recording.Of("GET", "/x", 200, "{}"),
            Recording.CutOff("POST", "/x")
        );
        using var connection = server.Connect(new FastClock(TimeProvider.System, 20));

        (await connection.SendAsync(ApiCall.Get("/x"), Scene.Stop)).Code.ShouldBe(200);
        var error = await Should.ThrowAsync<ApiException>(
            connection.SendAsync(new(HttpMethod.Post, "/x") { Body = "{}" }, Scene.Stop)
        );

        error.Silence.ShouldBe(Silence.Lost);
        server.Asked.Select(request => request.Method).ShouldBe(["GET", "GET", "POST"]);
    }

    [Fact]
    public async Task No_more_requests_than_allowed_are_under_way_at_once_and_watches_do_not_count()
    {
        var release = new TaskCompletionSource();
        await using var server = await RecordedServer.StartAsync([
            .. Enumerable.Repeat(Recording.Of("GET", "/watch", 200, "{}") with { Ends = false }, 12),
            .. Enumerable.Repeat(Recording.Of("GET", "/x", 200, "{}") with { Held = release.Task }, 40),
            Recording.Of("GET", "/other", 200, "{}"),
        ]);
        using var connection = server.Connect(TimeProvider.System);
        using var other = server.Connect(TimeProvider.System);

        for (var n = 0; n < 12; n++)
            await connection.OpenAsync("/watch", Scene.Stop);

        var all = Task.WhenAll(
            Enumerable.Range(0, 40).Select(_ => connection.SendAsync(ApiCall.Get("/x"), Scene.Stop))
        );

        while (server.Asked.Count(request => request.Target == "/x") < 8)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Scene.Stop);

        await other.SendAsync(ApiCall.Get("/other"), Scene.Stop);
        server.Asked.Count(request => request.Target == "/x").ShouldBe(8);

        release.SetResult();
        await all;
        server.ShouldBePlayedOut();
    }

    private static TimeSpan? Wait(ApiCall call, ApiException error, int tries, TimeSpan elapsed) =>
        Manners.WaitBefore(call, error, tries, elapsed, Patience, chance: 0);
}
