using PlatformBot.Sandbox.Twin;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>
/// A bootstrap in which every application goes wrong in a way that its pods do not show: each time a person is told where and why, mends it,
/// and it goes on.
/// </summary>
public sealed class ApplicationFaultsTests
{
    private const string Migrations = "apps/gitlab-migrations";
    private const string SignOn = "apps/harbor-oidc";
    private const string Blobs = "apps/harbor-push";
    private const string Files = "apps/mattermost-files";

    // What a person sees → what they mend.
    private static readonly (string Step, string Saw, string Cause)[] Expected =
    [
        ("apps/gitlab", "it has given up", Migrations),
        ("apps/harbor-works", "302", SignOn),
        ("apps/harbor-push", "failed", Blobs),
        ("apps/mattermost-works", "filestore_status", Files),
    ];

    [Fact]
    public async Task Each_fault_ends_where_a_person_can_mend_it_and_the_bootstrap_goes_on()
    {
        await using var platform = await ThePlatform.WithAsync(4, Migrations, SignOn, Blobs, Files);
        var world = platform.World;

        var story = platform.Story();

        var mended = await platform.MendedAsync(
            "/platform bootstrap all",
            over => Task.WhenAll(story.ApproveAllAsync(over), story.ConfirmAsync(over)),
            Expected
        );

        mended.Order(StringComparer.Ordinal).ShouldBe([Migrations, SignOn, Blobs, Files]);
        TwinVerdict
            .Of(world.Twin)
            .Where(fact => !fact.Holds)
            .Select(fact => $"{fact.What}: {fact.Saw}")
            .ShouldBeEmpty();
        world.Tracker.Issues.Count.ShouldBe(4);
        world.Tracker.Issues.ShouldAllBe(issue => issue.State == "closed");
        world.Tracker.Issues.ShouldContain(issue =>
            issue.Body.Contains("canceling statement due to lock timeout", StringComparison.Ordinal)
        );
    }
}
