using PlatformBot.Core.Runs;
using PlatformBot.Tests.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>A cluster's name means the cluster that answered first, wherever the client configuration leads later.</summary>
public sealed class OtherClusterTests
{
    private const string Steps = """
        - step: first
          title: First
          run: [world, did, first]
          proves-itself: true
        - step: look
          title: Look at it
          manual: { ask: Is it well?, evidence: text }
        - step: last
          title: Last
          run: [world, did, last]
          proves-itself: true
        """;

    private static readonly Dictionary<string, string?> GraceIsAdmin = new() { ["Access:Roles:admin:0"] = "grace" };

    [Fact]
    public async Task Another_cluster_behind_the_name_stops_the_run_until_an_admin_says_that_it_is_meant()
    {
        await using var infra = await Scene.StartAsync();
        await using var other = await Scene.StartAsync();
        await using var chat = await TheChat.WithAsync(Steps, speed: 1, settings: GraceIsAdmin);
        File.Copy(infra.Kubeconfig, chat.Kubeconfig);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("confirm"));

        await chat.StopBotAsync();
        File.Copy(other.Kubeconfig, chat.Kubeconfig, overwrite: true);
        await chat.StartBotAsync();
        await chat.ReadyAsync();
        await chat.SaysAsync("ada", "/platform confirm 1 infra/look all is well");

        var failed = await chat.SeesAsync(post => post.Buttons.Contains("retry"));
        failed.Text.ShouldContain("infra is bound to the cluster with the UID");
        failed.Text.ShouldContain("/platform repin infra");
        chat.Done.ShouldBe(["first"]);

        (await chat.SaysAsync("ada", "/platform repin infra it is the new one")).ShouldContain("admin");
        (await chat.SaysAsync("grace", "/platform repin apps it is the new one")).ShouldContain("Bound are `infra`.");
        (await chat.SaysAsync("grace", "/platform repin infra")).ShouldContain("reason");
        await chat.SaysAsync("grace", "/platform repin infra rebuilt after the flood");
        (await chat.SeesAsync("lifted the pin of **infra**")).Text.ShouldContain("“rebuilt after the flood”");
        await chat.SaysAsync("ada", "/platform retry 1 infra/last");

        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        chat.Done.ShouldBe(["first", "last"]);
        chat.Events.OfType<RunEvent.StepFailed>()
            .Single()
            .Failure.Said.ShouldContain("Nothing was asked of it and nothing was done there.");
    }

    [Fact]
    public async Task A_step_that_makes_the_cluster_anew_lets_its_name_mean_the_new_one()
    {
        await using var infra = await Scene.StartAsync();
        await using var other = await Scene.StartAsync();
        var steps = Steps.Replace(
            "run: [world, did, last]",
            "run: [world, did, last]\n  makes-cluster: true",
            StringComparison.Ordinal
        );
        await using var chat = await TheChat.WithAsync($"{steps}\n{After}", speed: 1);
        File.Copy(infra.Kubeconfig, chat.Kubeconfig);
        (await chat.SaysAsync("ada", "/platform plan deploy infra")).ShouldContain("makes **infra** a new cluster");
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("confirm"));

        File.Copy(other.Kubeconfig, chat.Kubeconfig, overwrite: true);
        await chat.SaysAsync("ada", "/platform confirm 1 infra/look all is well");

        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        chat.Done.ShouldBe(["after", "first", "last"]);
    }

    private const string After = """
        - step: after
          title: After it
          run: [world, did, after]
          proves-itself: true
        """;
}
