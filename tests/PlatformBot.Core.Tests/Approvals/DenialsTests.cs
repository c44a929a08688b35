using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Tests.Runs;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Approvals;

/// <summary>The same is not asked again and again until somebody is tired of saying no.</summary>
public sealed class DenialsTests
{
    private static readonly DenialRule Rule = new(3, TimeSpan.FromDays(1), TimeSpan.FromHours(1));
    private static readonly Plan Same = Of(Step("wipe") with { Destructive = "wipes it" });

    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));
    private readonly MemoryJournal _journal;
    private readonly Denials _denials;

    public DenialsTests()
    {
        _journal = new MemoryJournal(_clock);
        _denials = new Denials(_journal, Rule);
    }

    [Fact]
    public async Task Three_times_are_free_and_then_each_further_time_costs_twice_as_long()
    {
        await DeniedAsync(Same);
        await DeniedAsync(Same);
        Objection(Same).ShouldBeNull();

        await DeniedAsync(Same);
        ShouldWait(TimeSpan.FromHours(1));
        await DeniedAsync(Same);
        ShouldWait(TimeSpan.FromHours(2));
        await DeniedAsync(Same);
        ShouldWait(TimeSpan.FromHours(4));
    }

    [Fact]
    public async Task It_says_how_often_by_whom_why_and_what_helps()
    {
        for (var time = 0; time < 3; time++)
            await DeniedAsync(Same);

        var objection = Objection(Same).ShouldNotBeNull();
        objection.Reason.ShouldBe(
            "This very plan was denied 3 times within 1 d, last by @grace: because. It may be asked for again at 2026-11-21 10:00 UTC."
        );
        objection.Hint.ShouldContain("talk to @grace");
    }

    [Fact]
    public async Task A_plan_that_differs_may_be_asked_for_at_once_and_the_count_is_known()
    {
        for (var time = 0; time < 5; time++)
            await DeniedAsync(Same);

        var changed = Same with { Digest = "d2" };
        Objection(changed).ShouldBeNull();
        _denials.Of(changed, _clock.GetUtcNow()).Count.ShouldBe(5);
        _denials.Of(Same with { Command = "upgrade" }, _clock.GetUtcNow()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_denied_a_day_ago_is_forgotten()
    {
        for (var time = 0; time < 9; time++)
            await DeniedAsync(Same);

        ShouldWait(TimeSpan.FromDays(1));
        _denials.Of(Same, _clock.GetUtcNow()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Taking_back_ones_own_request_is_no_denial()
    {
        for (var time = 0; time < 5; time++)
            await DeniedAsync(Same, by: Ada);

        Objection(Same).ShouldBeNull();
        _denials.Of(Same, _clock.GetUtcNow()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_shown_is_what_came_before()
    {
        await DeniedAsync(Same);
        var asked = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromMinutes(1));
        await DeniedAsync(Same);

        _denials.Of(Same, asked).ShouldHaveSingleItem().Run.ShouldBe(new RunId(1));
        _denials.Of(Same, _clock.GetUtcNow()).Select(denial => denial.Run.Number).ShouldBe([2, 1]);
    }

    private Refusal? Objection(Plan plan) => _denials.Objection(plan, _clock.GetUtcNow());

    /// <summary>Waits as long as it says, and not a moment longer.</summary>
    private void ShouldWait(TimeSpan wait)
    {
        _clock.Advance(wait - TimeSpan.FromTicks(1));
        Objection(Same).ShouldNotBeNull();
        _clock.Advance(TimeSpan.FromTicks(1));
        Objection(Same).ShouldBeNull();
    }

    private async Task DeniedAsync(Plan plan, Person? by = null)
    {
        var run = (await _journal.OpenRunAsync(Ada, new RunEvent.Planned(plan, "ops"))).Run;
        var expires = _clock.GetUtcNow() + TimeSpan.FromHours(4);
        await _journal.AppendAsync(run, Person.Bot, new RunEvent.ApprovalAsked("foundation", "d1", 1, expires));
        var vote = new RunEvent.Voted("foundation", Decision.Deny, "d1", "because", "test");
        await _journal.AppendAsync(run, by ?? Grace, vote);
        await _journal.AppendAsync(run, Person.Bot, new RunEvent.Ended(RunState.Denied, "because"));
    }
}
