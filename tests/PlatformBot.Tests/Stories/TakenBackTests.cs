using Microsoft.Extensions.Logging;
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
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        await using var household = await Household.StartAsync(
            folder => new SandboxOptions
            {
                Directory = folder,
                Speed = 60,
                Faults = [Fault],
            },
            logging => logging.ClearProviders(),
            limit.Token
        );
        var world = household.World;
        var transcript = new Transcript(TextWriter.Null, json: true, colour: false, width: 120, world.Clock);
        await using var ada = await Seats.SitAsync(world, "ada", transcript, aloud: false, limit.Token);
        await using var grace = await Seats.SitAsync(world, "grace", transcript, aloud: false, limit.Token);
        await Seats.WaitForBotAsync(ada, limit.Token);

        await SayAsync(ada, "/platform bootstrap infra --to infra/linkerd-check", limit.Token);
        var asked = await grace.PostAsync(
            post =>
                post.Buttons.Contains("approve") && post.Message.Contains("infra/foundation", StringComparison.Ordinal),
            limit.Token
        );
        await Story.ApproveAsync(grace, asked, "infra", limit.Token);
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var manual = new Story(ada, grace, grace, DemoWorld.Of(world, Fault), transcript).ConfirmAsync(rest.Token);
        await ada.PostAsync(post => post.Buttons.Contains("rollback"), limit.Token);
        Kustomizations(world).ShouldContain("linkerd-control-plane");

        await SayAsync(ada, "/platform rollback 1 not this week", limit.Token);
        await PressAsync(grace, "is undone", "approve", limit.Token);
        var end = await ada.PostAsync(
            post => post.Message.Contains("Run #1 rolled back after", StringComparison.Ordinal),
            limit.Token
        );

        end.Message.ShouldContain("`infra/linkerd`");
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

    private static async Task SayAsync(Watcher who, string command, CancellationToken cancellationToken)
    {
        await who.Seat.TypeAsync(command, cancellationToken);
        await who.PrivateAsync(cancellationToken);
    }

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
