using PlatformBot.Sandbox;
using PlatformBot.Verbs.Demo;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>The shipped runbook fails half way and is rolled back; the twin says what is left.</summary>
public sealed class TakenBackTests
{
    private const string Fault = "infra/linkerd-check";

    [Fact]
    public async Task What_a_failed_bootstrap_released_is_taken_back_the_latest_first()
    {
        await using var platform = await ThePlatform.WithAsync(4, Fault);
        var world = platform.World;

        await platform.SayAsync("/platform bootstrap infra --to infra/linkerd-check");
        var asked = await platform.Grace.PostAsync(
            post =>
                post.Buttons.Contains("approve") && post.Message.Contains("infra/foundation", StringComparison.Ordinal),
            platform.Limit
        );
        await Story.ApproveAsync(platform.Grace, asked, "infra", platform.Limit);
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(platform.Limit);
        var manual = platform.Story(Fault).ConfirmAsync(rest.Token);
        await platform.Ada.PostAsync(post => post.Buttons.Contains("rollback"), platform.Limit);
        Kustomizations(world).ShouldContain("linkerd-control-plane");

        await platform.SayAsync("/platform rollback 1 not this week");
        await PressAsync(platform.Grace, "is undone", "approve", platform.Limit);
        var end = await platform.EndAsync();

        end.ShouldContain("Run #1 rolled back after");
        end.ShouldContain("`infra/linkerd`");
        Kustomizations(world)
            .Intersect(["linkerd-control-plane", "victoria-logs", "victoria-metrics", "openebs", "cilium-config"])
            .ShouldBeEmpty();
        world
            .Tools.Log.Select(run => run.CommandLine)
            .Where(command => command.Contains("take back", StringComparison.Ordinal))
            .First()
            .ShouldContain("41-linkerd");
        await rest.CancelAsync();
        await manual.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
        );
    }

    private static IEnumerable<string> Kustomizations(SandboxWorld world) =>
        world
            .Twin.Clusters["infra"]
            .Objects.List("kustomize.toolkit.fluxcd.io/v1", "Kustomization")
            .Select(json => (string)json["metadata"]!["name"]!);

    private static async Task PressAsync(Watcher who, string about, string action, CancellationToken cancellationToken)
    {
        var post = await who.PostAsync(
            post => post.Buttons.Contains(action) && post.Message.Contains(about, StringComparison.Ordinal),
            cancellationToken
        );
        await who.Seat.PressAsync(post.Id, action, cancellationToken);
        await who.PrivateAsync(cancellationToken);
    }
}
