using PlatformBot.Sandbox;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Verbs.Demo;
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

        var mended = await PlayAsync(platform);

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

    /// <returns>What was mended.</returns>
    private static async Task<IReadOnlyCollection<string>> PlayAsync(ThePlatform platform)
    {
        var story = platform.Story();
        await platform.SayAsync("/platform bootstrap all");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(platform.Limit);
        var people = Task.WhenAll(story.ApproveAllAsync(over.Token), story.ConfirmAsync(over.Token));
        var mended = new HashSet<string>();
        var mending = MendAsync(platform.World, platform.Linus, mended, over.Token);
        var ending = platform.EndAsync();

        // What nobody expected ends the test with its words.
        if (await Task.WhenAny(ending, mending) == mending)
            await mending;

        var end = await ending;
        await people;
        await over.CancelAsync();
        await mending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        end.ShouldContain("succeeded");
        return mended;
    }

    private static async Task MendAsync(
        SandboxWorld world,
        Watcher who,
        HashSet<string> mended,
        CancellationToken cancellationToken
    )
    {
        var seen = new HashSet<string>();

        while (true)
        {
            var post = await who.PostAsync(
                post => post.Buttons.Contains("retry") && !seen.Contains(post.Id),
                cancellationToken
            );
            seen.Add(post.Id);
            var (_, _, cause) = Expected
                .Where(one =>
                    post.Message.Contains($"**{one.Step}** failed", StringComparison.Ordinal)
                    && post.Text.Contains(one.Saw, StringComparison.Ordinal)
                )
                .ShouldHaveSingleItem(post.Text);

            mended.Add(cause);
            world.Faults.Clear(cause);
            await who.Seat.PressAsync(post.Id, "retry", cancellationToken);
            await who.PrivateAsync(cancellationToken);
        }
    }
}
