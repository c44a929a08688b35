using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>People hold a run, take it back, and wait for each other's.</summary>
public sealed class ControlTests
{
    private const string Undoable = """
        - step: make
          title: Make it
          run: [world, did, made]
          verify: [{ run: [world, has, made] }]
          rollback:
            run: [world, undo, made]
        - step: push
          title: Push it
          run: [world, did, pushed, unless, broken]
          verify: [{ run: [world, has, pushed] }]
        """;

    private const string Two = """
        - step: hold
          title: Hold on
          run: [world, hold, pids]
          proves-itself: true
        - step: after
          title: Afterwards
          run: [world, did, after]
          proves-itself: true
        """;

    [Fact]
    public async Task A_paused_run_waits_says_so_and_goes_on_when_somebody_resumes_it()
    {
        await using var chat = await TheChat.WithAsync(Two);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.HeldAsync();

        (await chat.SaysAsync("linus", "/platform pause 1 the switch is replaced")).ShouldContain("nothing new starts");
        await chat.FreeAsync();
        await chat.SeesAsync("Paused by @linus (“the switch is replaced”)");
        await chat.UntilAsync(run => run.Steps["infra/hold"].State is StepState.Succeeded);
        chat.Done.ShouldNotContain("after");
        (await chat.SaysAsync("ada", "/platform pause")).ShouldContain("it cannot be paused now");

        (await chat.SaysAsync("ada", "/platform resume")).ShouldContain("goes on");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        chat.Done.ShouldContain("after");
    }

    [Fact]
    public async Task A_failed_run_is_rolled_back_from_its_own_post_and_says_what_was_undone()
    {
        await using var chat = await TheChat.WithAsync(Undoable);
        await File.WriteAllTextAsync(Path.Combine(chat.World, "broken"), "", chat.Limit);
        await chat.SaysAsync("ada", "/platform deploy infra");
        var failed = await chat.SeesAsync(post => post.Buttons.Contains("rollback"));

        await chat.FillsInAsync("linus", failed, "rollback", "wrong version");

        var end = await chat.SeesAsync("Run #1 rolled back");
        end.Text.ShouldContain("rolled back by @linus: wrong version");
        end.Text.ShouldContain("**Undone**: `infra/make`");
        end.Text.ShouldContain("`infra/push`");
        chat.Done.ShouldBe(["broken"]);
    }

    [Fact]
    public async Task A_compensation_that_fails_asks_a_person_and_is_tried_again_only_by_them()
    {
        await using var chat = await TheChat.WithAsync(Undoable);
        await File.WriteAllTextAsync(Path.Combine(chat.World, "broken"), "", chat.Limit);
        await File.WriteAllTextAsync(Path.Combine(chat.World, "stuck"), "", chat.Limit);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("rollback"));

        (await chat.SaysAsync("ada", "/platform rollback")).ShouldContain("`infra/make`: `world undo made`");
        var stuck = await chat.SeesAsync("**infra/make** could not be undone");
        chat.Done.ShouldContain("made");
        await chat.UntilAsync(run => run.Incidents["infra/make"].Issue is not null);

        File.Delete(Path.Combine(chat.World, "stuck"));
        (await chat.PressesAsync("ada", stuck, "retry")).ShouldContain("tried again");
        await chat.SeesAsync("Run #1 rolled back");
        chat.Done.ShouldNotContain("made");
    }

    [Fact]
    public async Task What_cannot_be_undone_is_not_promised()
    {
        await using var chat = await TheChat.WithAsync(Two);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.HeldAsync();

        (await chat.SaysAsync("ada", "/platform rollback")).ShouldContain("nothing that I know how to undo");

        await chat.FreeAsync();
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
    }

    [Fact]
    public async Task A_second_run_on_the_same_cluster_waits_for_its_turn_and_knows_whom_for()
    {
        await using var chat = await TheChat.WithAsync(Two);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.HeldAsync();

        var second = await chat.SaysAsync("linus", "/platform deploy infra");
        second.ShouldContain("place 1 in the queue");
        second.ShouldContain("run #1 · deploy infra 1.0 holds `cluster/infra` (@ada");
        (await chat.SaysAsync("linus", "/platform locks")).ShouldContain("waiting, in this order: #2 (@linus)");

        await chat.FreeAsync();
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        await chat.SeesAsync(":white_check_mark: Run #2 succeeded");
    }

    [Fact]
    public async Task Locks_are_taken_from_a_run_only_with_a_second_persons_consent()
    {
        await using var chat = await TheChat.WithAsync(Two);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.HeldAsync();
        await chat.SaysAsync("ada", "/platform pause 1");
        await chat.FreeAsync();
        await chat.UntilAsync(run => run.Steps["infra/hold"].State is StepState.Succeeded);
        await chat.SaysAsync("linus", "/platform deploy infra");

        (await chat.SaysAsync("linus", "/platform unlock 1")).ShouldContain("needs a reason");
        (await chat.SaysAsync("linus", "/platform unlock 1 ada is on leave")).ShouldContain("must agree");
        var asked = await chat.SeesAsync("wants the locks of run #1");
        (await chat.PressesAsync("linus", asked, "approve")).ShouldContain("someone else must approve");
        (await chat.PressesAsync("grace", asked, "approve")).ShouldContain("is approved");

        await chat.SeesAsync(":white_check_mark: Run #2 succeeded");
        (await chat.SaysAsync("ada", "/platform resume 1")).ShouldContain("goes on");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
    }
}
