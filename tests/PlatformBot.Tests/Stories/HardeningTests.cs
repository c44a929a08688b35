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
        await using var platform = await ThePlatform.WithAsync(6, Forgotten);
        var world = platform.World;
        var story = platform.Story();
        await platform.SayAsync("/platform bootstrap all");
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(platform.Limit);
        var people = Task.WhenAll(story.ApproveAllAsync(rest.Token), story.ConfirmAsync(rest.Token));

        var report = await platform.Ada.PostAsync(post => Asks(post, "**infra/authz-report** failed"), platform.Limit);
        report.Text.ShouldContain(Caller);
        await platform.SayAsync("/platform skip 1 infra/authz-report nobody reads them");

        var red = await platform.Ada.PostAsync(
            post => Asks(post, "**infra/authz-enforce** failed and was taken back"),
            platform.Limit
        );
        red.Text.ShouldContain(Caller, customMessage: red.Text);
        AccessPolicies(world).ShouldBe(["audit", "audit"]);
        world
            .Tools.Log.Select(run => run.CommandLine)
            .ShouldContain(command => command.Contains("linkerd-policy back to audit", StringComparison.Ordinal));

        world.Faults.Clear(Forgotten);
        await platform.Ada.Seat.PressAsync(red.Id, "retry", platform.Limit);
        (await platform.EndAsync()).ShouldContain("succeeded");
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
