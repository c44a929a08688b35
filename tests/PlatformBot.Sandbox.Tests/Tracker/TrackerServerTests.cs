using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using PlatformBot.Sandbox.Tracker;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Tracker;

public sealed class TrackerServerTests : IAsyncLifetime
{
    private const string Issues = "repos/platform/home-ops/issues";

    private static readonly CancellationToken Now = TestContext.Current.CancellationToken;

    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));
    private readonly HttpClient _http = new();
    private TrackerServer _tracker = null!;

    public async ValueTask InitializeAsync()
    {
        _tracker = await TrackerServer.StartAsync(new TrackerOptions { RequestsPerHour = 50 }, _clock, Now);
        _http.BaseAddress = _tracker.BaseUri;
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("test");
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _tracker.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _tracker.DisposeAsync();
    }

    [Fact]
    public async Task A_created_issue_looks_like_GitHubs()
    {
        var (status, json) = await PostAsync(
            Issues,
            new
            {
                title = "T",
                body = "B",
                labels = new[] { "l" },
            }
        );

        status.ShouldBe(HttpStatusCode.Created);
        json.GetProperty("number").GetInt32().ShouldBe(1);
        json.GetProperty("state").GetString().ShouldBe("open");
        json.GetProperty("html_url").GetString().ShouldEndWith("/platform/home-ops/issues/1");
        json.GetProperty("labels")[0].GetProperty("name").GetString().ShouldBe("l");
        json.GetProperty("created_at").GetString().ShouldBe("2026-11-21T09:00:00Z");
    }

    [Fact]
    public async Task Who_has_no_token_gets_nothing()
    {
        _http.DefaultRequestHeaders.Authorization = null;
        var (status, json) = await PostAsync(Issues, new { title = "T" });

        status.ShouldBe(HttpStatusCode.Unauthorized);
        json.GetProperty("message").GetString().ShouldBe("Bad credentials");
    }

    [Fact]
    public async Task A_missing_title_is_a_422_that_names_the_field()
    {
        var (status, json) = await PostAsync(Issues, new { body = "B" });

        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        json.GetProperty("message").GetString().ShouldBe("Validation Failed");
        json.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("title");
    }

    [Fact]
    public async Task Lists_come_in_pages_that_link_to_each_other()
    {
        for (var number = 0; number < 5; number++)
            await PostAsync(Issues, new { title = $"T{number}", labels = new[] { "a" } });

        using var answer = await _http.GetAsync($"{Issues}?labels=a&per_page=2&page=2", Now);
        var page = await answer.Content.ReadFromJsonAsync<JsonElement>(Now);

        page.EnumerateArray().Select(issue => issue.GetProperty("number").GetInt32()).ShouldBe([3, 2]);
        answer.Headers.GetValues("Link").Single().ShouldContain("page=3>; rel=\"next\"");
    }

    [Fact]
    public async Task Closing_keeps_the_reason_and_leaves_the_open_list()
    {
        await PostAsync(Issues, new { title = "T" });
        using var closed = await _http.PatchAsJsonAsync(
            $"{Issues}/1",
            new { state = "closed", state_reason = "completed" },
            Now
        );

        closed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _http.GetFromJsonAsync<JsonElement>(Issues, Now)).GetArrayLength().ShouldBe(0);
        (await _http.GetFromJsonAsync<JsonElement>($"{Issues}?state=closed", Now)).GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task The_hourly_limit_is_told_and_kept()
    {
        for (var number = 0; number < 50; number++)
            await _http.GetAsync(Issues, Now);

        using var refused = await _http.GetAsync(Issues, Now);
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        refused.Headers.GetValues("X-RateLimit-Remaining").ShouldBe(["0"]);

        _clock.Advance(TimeSpan.FromHours(1));
        (await _http.GetAsync(Issues, Now)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task While_it_is_down_nobody_gets_an_answer()
    {
        _tracker.Down();
        await Should.ThrowAsync<HttpRequestException>(() => _http.GetAsync(Issues, Now));

        _tracker.Up();
        (await _http.GetAsync(Issues, Now)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_page_shows_an_issue_and_no_foreign_tags()
    {
        await PostAsync(Issues, new { title = "<b>T</b>", body = "**bold**" });

        (await _http.GetStringAsync("/", Now)).ShouldContain("&lt;b&gt;T&lt;/b&gt;");
        (await _http.GetStringAsync("/platform/home-ops/issues/1", Now)).ShouldContain("<strong>bold</strong>");
        (await _http.GetAsync("/platform/home-ops/issues/9", Now)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, object body)
    {
        using var answer = await _http.PostAsJsonAsync(path, body, Now);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Now));
    }
}
