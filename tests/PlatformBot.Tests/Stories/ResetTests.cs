using PlatformBot.Sandbox.Twin.Machines;
using PlatformBot.Verbs.Demo;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>A cluster is taken apart by three people who type its name, and made anew.</summary>
public sealed class ResetTests
{
    private const string Away = "apps-02/does-not-return";

    [Fact]
    public async Task A_cluster_is_erased_by_three_people_and_can_be_built_again()
    {
        await using var platform = await ThePlatform.WithAsync(5);
        (await platform.RehearseAsync("bootstrap apps --to storage")).HasSucceeded.ShouldBeTrue();
        var before = Machines(platform, "infra").Select(machine => machine.BootedAt).ToList();
        platform.World.Faults.Arm(Away);

        // A cluster of which nothing is backed up yet: the looks are left out, and the plan says so.
        await platform.SayAsync("/platform reset apps --only declare,erase");
        await DeclareAsync(platform);
        await ApproveAsync(platform);

        // One node needs somebody to press its button; nothing is erased a second time for it.
        var stuck = await platform.Ada.PostAsync(
            post =>
                post.Buttons.Contains("retry")
                && post.Message.Contains("**apps/reset-node/apps-02** failed", StringComparison.Ordinal),
            platform.Limit
        );
        platform.World.Faults.Clear(Away);
        await BackAsync(platform, "apps-02");
        await platform.Ada.Seat.PressAsync(stuck.Id, "retry", platform.Limit);
        (await platform.EndAsync(run: 2)).ShouldContain("succeeded");

        Machines(platform, "apps")
            .ShouldAllBe(machine => machine.State == MachineState.Running && machine.Etcd == null);
        Machines(platform, "infra").Select(machine => machine.BootedAt).ShouldBe(before);
        platform.World.Twin.Clusters["apps"].ApiIsUp.ShouldBeFalse();
        Resets(platform).ShouldBe(6, "three to convert the old cluster's nodes, three to erase apps");

        (await platform.RehearseAsync("bootstrap apps --to storage")).HasSucceeded.ShouldBeTrue();
        platform.World.Twin.Clusters["apps"].ApiIsUp.ShouldBeTrue();
    }

    /// <summary>Ada says who was asked, and Grace that it is so.</summary>
    private static async Task DeclareAsync(ThePlatform platform)
    {
        await platform.Ada.PostAsync(
            post => post.Message.Contains("is about to be erased", StringComparison.Ordinal),
            platform.Limit
        );
        await platform.SayAsync("/platform confirm 2 apps/declare nobody has moved in yet");
        await platform.Grace.Seat.TypeAsync("/platform confirm 2 apps/declare", platform.Limit);
        await platform.Grace.PrivateAsync(platform.Limit);
    }

    /// <summary>Two people, neither of them Ada, each type the cluster's name.</summary>
    private static async Task ApproveAsync(ThePlatform platform)
    {
        foreach (var who in new[] { platform.Grace, platform.Linus })
        {
            var post = await who.PostAsync(
                post =>
                    post.Buttons.Contains("approve")
                    && post.Message.Contains("erases the etcd member", StringComparison.Ordinal),
                platform.Limit
            );
            await Story.ApproveAsync(who, post, "apps", platform.Limit);
        }
    }

    private static async Task BackAsync(ThePlatform platform, string node)
    {
        while (Machines(platform, "apps").Single(machine => machine.Name == node).State != MachineState.Running)
            await Task.Delay(TimeSpan.FromSeconds(1), platform.World.Clock, platform.Limit);
    }

    private static List<Machine> Machines(ThePlatform platform, string cluster) =>
        [
            .. platform.World.Twin.Machines!.Machines.Where(machine =>
                machine.Name.StartsWith(cluster, StringComparison.Ordinal)
            ),
        ];

    private static int Resets(ThePlatform platform) =>
        platform.World.Tools.Log.Count(run => run.CommandLine.Contains(" reset ", StringComparison.Ordinal));
}
