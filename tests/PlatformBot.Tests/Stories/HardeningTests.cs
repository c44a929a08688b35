using Microsoft.Extensions.Logging;
using PlatformBot.Sandbox;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Verbs.Demo;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>
/// Policies that forgot a caller: the audit names it; somebody goes on all the same, and the enforcement that cuts it off goes back by
/// itself.
/// </summary>
public sealed class HardeningTests
{
    private const string Forgotten = "infra/authz-too-strict";
    private const string Caller = "reports.observability";

    [Fact]
    public async Task An_enforcement_that_cuts_somebody_off_goes_back_before_anybody_is_asked()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(6));
        await using var household = await Household.StartAsync(
            folder => new SandboxOptions
            {
                Directory = folder,
                Speed = 60,
                Faults = [Forgotten],
            },
            logging => logging.ClearProviders(),
            limit.Token
        );
        var world = household.World;
        var transcript = new Transcript(TextWriter.Null, json: true, colour: false, width: 120, world.Clock);
        await using var ada = await Seats.SitAsync(world, "ada", transcript, aloud: false, limit.Token);
        await using var grace = await Seats.SitAsync(world, "grace", transcript, aloud: false, limit.Token);
        await using var linus = await Seats.SitAsync(world, "linus", transcript, aloud: false, limit.Token);
        await Seats.WaitForBotAsync(ada, limit.Token);
        var story = new Story(ada, grace, linus, DemoWorld.Of(world, ""), transcript);
        await ada.Seat.TypeAsync("/platform bootstrap all", limit.Token);
        await ada.PrivateAsync(limit.Token);
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var people = Task.WhenAll(story.ApproveAllAsync(rest.Token), story.ConfirmAsync(rest.Token));

        var report = await ada.PostAsync(post => Asks(post, "**infra/authz-report** failed"), limit.Token);
        report.Text.ShouldContain(Caller);
        await ada.Seat.TypeAsync("/platform skip 1 infra/authz-report nobody reads them", limit.Token);
        await ada.PrivateAsync(limit.Token);

        var red = await ada.PostAsync(
            post => Asks(post, "**infra/authz-enforce** failed and was taken back"),
            limit.Token
        );
        red.Text.ShouldContain(Caller);
        AccessPolicies(world).ShouldBe(["audit", "audit"]);
        world
            .Tools.Log.Select(run => run.CommandLine)
            .ShouldContain(command => command.Contains("linkerd-policy back to audit", StringComparison.Ordinal));

        world.Faults.Clear(Forgotten);
        await ada.Seat.PressAsync(red.Id, "retry", limit.Token);
        var end = await ada.PostAsync(
            post =>
                post.Message.Contains("Run #1", StringComparison.Ordinal)
                && post.Message.Contains(" after ", StringComparison.Ordinal),
            limit.Token
        );
        end.Message.ShouldContain("succeeded");
        AccessPolicies(world).ShouldBe(["", ""]);
        TwinVerdict
            .Of(world.Twin)
            .Where(fact => !fact.Holds)
            .Select(fact => $"{fact.What}: {fact.Saw}")
            .ShouldBeEmpty();
        await rest.CancelAsync();
        await people.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
        );
    }

    private static bool Asks(SeenPost post, string what) =>
        post.Buttons.Contains("retry") && post.Message.Contains(what, StringComparison.Ordinal);

    private static IEnumerable<string> AccessPolicies(SandboxWorld world) =>
        world
            .Twin.Clusters["infra"]
            .Objects.List("policy.linkerd.io/v1beta3", "Server", "databases")
            .Select(server => (string?)server["spec"]!["accessPolicy"] ?? "");
}
