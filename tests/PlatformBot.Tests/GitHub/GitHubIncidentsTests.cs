using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using PlatformBot.Core.Incidents;
using PlatformBot.GitHub;
using PlatformBot.Sandbox.Tracker;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.GitHub;

public sealed class GitHubIncidentsTests : IAsyncLifetime
{
    private static readonly CancellationToken Now = TestContext.Current.CancellationToken;

    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));
    private TrackerServer _tracker = null!;
    private ServiceProvider _services = null!;

    private IIncidents Incidents => _services.GetRequiredService<IIncidents>();

    public async ValueTask InitializeAsync()
    {
        _tracker = await TrackerServer.StartAsync(new TrackerOptions(), _clock, Now);
        _services = Start(_tracker.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _tracker.DisposeAsync();
    }

    [Fact]
    public async Task A_fault_is_one_issue_however_often_it_is_reported()
    {
        var first = await OpenAsync("infra/cilium-install");
        await using var afterRestart = Start(_tracker.Token);
        var second = await OpenAsync("infra/cilium-install", afterRestart.GetRequiredService<IIncidents>());

        second.ShouldBe(first);
        _tracker.Issues.ShouldHaveSingleItem().Labels.ShouldBe(["platformbot", "cluster/infra"]);
    }

    [Fact]
    public async Task Two_faults_are_two_issues()
    {
        (await OpenAsync("one")).Number.ShouldNotBe((await OpenAsync("two")).Number);
    }

    [Fact]
    public async Task A_closed_issue_is_not_taken_for_a_new_fault()
    {
        var first = await OpenAsync("again");
        await Incidents.CloseAsync(first, "healed", "Fine now.", Now);

        (await OpenAsync("again")).Number.ShouldNotBe(first.Number);
    }

    [Fact]
    public async Task A_mark_that_somebody_quotes_in_a_text_is_not_the_mark()
    {
        await OpenAsync("quoted");
        var mark = _tracker.Issues[0].Body.Split('\n')[^1];

        await Incidents.OpenAsync("other", "Other", $"see {mark}", [], Now);
        await Incidents.CloseAsync(new IssueLink(1, ""), "healed", "Fine now.", Now);
        await OpenAsync("quoted");

        _tracker.Issues.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_lost_answer_makes_no_second_issue()
    {
        _tracker.LoseNextAnswer();
        var opening = OpenAsync("lost");
        await WaitForAsync(opening);

        (await opening).Number.ShouldBe(1);
        _tracker.Issues.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_comment_is_made_once_and_closing_twice_is_harmless()
    {
        var issue = await OpenAsync("x");

        await Incidents.CommentAsync(issue, "retried", "Tried again.", Now);
        await Incidents.CommentAsync(issue, "retried", "Tried again.", Now);
        await Incidents.CloseAsync(issue, "healed", "Fine now.", Now);
        await Incidents.CloseAsync(issue, "healed", "Fine now.", Now);

        var seen = _tracker.Issues.ShouldHaveSingleItem();
        seen.Comments.Count.ShouldBe(2);
        (seen.State, seen.StateReason).ShouldBe(("closed", "completed"));
    }

    [Fact]
    public async Task The_comment_is_found_again_behind_hundreds_of_others()
    {
        var issue = await OpenAsync("busy");

        for (var number = 0; number < 120; number++)
            await Incidents.CommentAsync(issue, $"n{number}", "…", Now);

        await Incidents.CommentAsync(issue, "n119", "…", Now);
        _tracker.Issues[0].Comments.Count.ShouldBe(120);
    }

    [Fact]
    public async Task Nothing_is_lost_while_the_tracker_is_away()
    {
        _tracker.Down();
        var opening = OpenAsync("away");
        _clock.Advance(TimeSpan.FromMinutes(10));
        opening.IsCompleted.ShouldBeFalse();

        _tracker.Up();
        await WaitForAsync(opening);
        _tracker.Issues.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_secondary_limit_is_waited_out()
    {
        _tracker.LimitNextWrite(TimeSpan.FromSeconds(90));
        var started = _clock.GetUtcNow();
        var opening = OpenAsync("fast");

        await WaitForAsync(opening);
        (_clock.GetUtcNow() - started).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task A_body_calls_nobody_and_fits()
    {
        await Incidents.OpenAsync(
            "long",
            "T",
            $"@everyone\n```\n{string.Concat(Enumerable.Repeat("🚀", 70000))}",
            [],
            Now
        );

        var body = _tracker.Issues[0].Body;
        body.ShouldStartWith("@\u200Beveryone");
        body.EnumerateRunes().Count().ShouldBeLessThanOrEqualTo(65536);
        body.ShouldContain("\n```\n\n_Cut");
    }

    [Fact]
    public async Task A_refusal_for_good_says_what_was_refused()
    {
        var refused = await Should.ThrowAsync<IncidentRefusedException>(() =>
            Incidents.CommentAsync(new IssueLink(99, ""), "k", "b", Now)
        );

        refused.Message.ShouldContain("404 Not Found");
    }

    private Task<IssueLink> OpenAsync(string fingerprint, IIncidents? incidents = null) =>
        (incidents ?? Incidents).OpenAsync(fingerprint, "A step failed", "What happened.", ["cluster/infra"], Now);

    /// <summary>Lets time pass until it is done.</summary>
    private async Task WaitForAsync(Task work)
    {
        for (var turn = 0; turn < 1000 && !work.IsCompleted; turn++)
        {
            await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Now));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        work.IsCompleted.ShouldBeTrue();
    }

    private ServiceProvider Start(string token)
    {
        var settings = new Dictionary<string, string?>
        {
            ["GitHub:Enabled"] = "true",
            ["GitHub:ApiUrl"] = _tracker.BaseUri.ToString(),
            ["GitHub:Repository"] = _tracker.Repository,
            ["GitHub:Token"] = token,
        };

        return new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(_clock)
            .AddGitHub(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .BuildServiceProvider();
    }
}
