using PlatformBot.Sandbox.Twin;
using PlatformBot.Verbs.Demo;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>Another Talos for a cluster that works: what is refused, what a node that stays away stops, what goes on by itself.</summary>
public sealed class UpgradeTests
{
    private const string Away = "infra-02/does-not-return";

    [Fact]
    public async Task A_node_that_stays_away_stops_the_upgrade_until_a_person_says_that_it_is_back()
    {
        await using var platform = await ThePlatform.WithAsync(9);
        (await platform.RehearseAsync("bootstrap all")).HasSucceeded.ShouldBeTrue();

        await RefuseAsync(platform);

        platform.World.Faults.Arm(Away);
        (await platform.SayAsync("/platform upgrade talos 1.11.3 infra")).ShouldContain("infra/nodes");
        var post = await platform.Grace.PostAsync(
            seen => seen.Buttons.Contains("approve") && Plain(seen).Contains("Run #3", StringComparison.Ordinal),
            platform.Limit
        );
        Plain(post).ShouldContain("drains and reboots infra-02");
        Plain(post).ShouldContain(":v1.11.3");
        await platform.Grace.Seat.PressAsync(post.Id, "approve", platform.Limit);
        await platform.Grace.PrivateAsync(platform.Limit);

        // The order to the first node is given; the bot that gave it is not there when the node comes back.
        await ReachAsync(platform, () => !Answers(platform, "infra-01"));
        await platform.RestartBotAsync();

        var asked = await platform.Ada.PostAsync(
            seen => seen.Buttons.Contains("retry") && Plain(seen).Contains("infra-02", StringComparison.Ordinal),
            platform.Limit
        );
        Plain(asked).ShouldContain("Talos (v1.11.2)");
        Versions(platform).ShouldBe(["1.11.3", "1.11.2", "1.11.2"]);
        Orders(platform).ShouldBe(["10.25.11.11", "10.25.11.12"]);

        platform.World.Faults.Clear(Away);
        await ReachAsync(platform, () => Answers(platform, "infra-02"));
        await platform.Ada.Seat.PressAsync(asked.Id, "retry", platform.Limit);
        var pin = await platform.Ada.PostAsync(
            seen => Plain(seen).Contains("versions.talos: 1.11.3", StringComparison.Ordinal),
            platform.Limit
        );
        Plain(pin).ShouldContain("commands/inventory.yaml");
        await platform.SayAsync("/platform confirm 3 pin https://git.example/platform/pulls/7");

        (await platform.EndAsync(3)).ShouldContain("succeeded");
        Versions(platform).ShouldBe(["1.11.3", "1.11.3", "1.11.3"]);
        Orders(platform).ShouldBe(["10.25.11.11", "10.25.11.12", "10.25.11.13"]);
        await KubernetesAsync(platform);
        TwinVerdict
            .Of(platform.World.Twin)
            .Where(fact => !fact.Holds)
            .Select(fact => $"{fact.What}: {fact.Saw}")
            .ShouldBeEmpty();
    }

    /// <summary>A kubelet that stays old is seen although the API server is new; asked again, it goes on from there.</summary>
    private static async Task KubernetesAsync(ThePlatform platform)
    {
        const string Old = "infra-03/kubelet-old";
        platform.World.Faults.Arm(Old);

        var played = await platform.RehearseAsync("upgrade kubernetes 1.34.2 infra");

        var bite = played.Bites.ShouldHaveSingleItem();
        bite.Step.ShouldBe("infra/upgrade");
        bite.Said.ShouldContain("failed upgrading kubelet");
        played.HasSucceeded.ShouldBeTrue();
        platform.World.Twin.Clusters["infra"].Kubernetes.ShouldBe("1.34.2");
        platform
            .World.Machines.Machines.Select(machine => machine.Kubelet)
            .ShouldBe(["1.34.2", "1.34.2", "1.34.2", "1.34.1", "1.34.1", "1.34.1"]);
    }

    /// <summary>A typo, a flag and a skipped minor: none of them comes as far as a node.</summary>
    private static async Task RefuseAsync(ThePlatform platform)
    {
        (await platform.SayAsync("/platform upgrade")).ShouldContain("upgrade talos, ");
        (await platform.SayAsync("/platform upgrade talos v1.11 infra")).ShouldContain("is not a version");
        (await platform.SayAsync("/platform upgrade talos --force infra")).ShouldContain("starts with a dash");

        await platform.SayAsync("/platform upgrade talos 1.13.0 infra");
        var refused = await platform.Ada.PostAsync(
            seen => seen.Buttons.Contains("retry") && Plain(seen).Contains("infra/allowed", StringComparison.Ordinal),
            platform.Limit
        );
        Plain(refused).ShouldContain("1.13.0 skips a minor; upgrade to the latest 1.12 first");
        await platform.SayAsync("/platform cancel 2 it must be 1.11.3 first");
        Versions(platform).ShouldBe(["1.11.2", "1.11.2", "1.11.2"]);
    }

    /// <summary>As it is read, without what keeps Markdown from meaning anything.</summary>
    private static string Plain(SeenPost post) => post.Text.Replace("\\", "", StringComparison.Ordinal);

    private static string[] Versions(ThePlatform platform) =>
        [.. new[] { "infra-01", "infra-02", "infra-03" }.Select(name => Machine(platform, name).Talos)];

    /// <summary>Which nodes were told to upgrade, in order.</summary>
    private static IEnumerable<string> Orders(ThePlatform platform) =>
        platform
            .World.Tools.Log.Where(run => run.Tool == "talosctl" && run.Arguments.Contains("upgrade"))
            .Select(run => run.Arguments[run.Arguments.ToList().IndexOf("--nodes") + 1]);

    private static bool Answers(ThePlatform platform, string machine) =>
        platform.World.Machines.Answers(Machine(platform, machine));

    private static Sandbox.Twin.Machines.Machine Machine(ThePlatform platform, string name) =>
        platform.World.Machines.Machines.Single(machine => machine.Name == name);

    private static async Task ReachAsync(ThePlatform platform, Func<bool> isSo)
    {
        while (!isSo())
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, platform.Limit);
    }
}
