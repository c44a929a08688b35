using PlatformBot.Verbs.Demo;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>Secrets and certificates with two things missing: each ends with whoever can help, and heals.</summary>
public sealed class SecurityPhaseTests
{
    private const string Item = "op/item-missing/dragonfly";
    private const string Token = "infra/dns-token-invalid";

    [Fact]
    public async Task A_missing_item_is_asked_for_first_and_a_refused_token_stops_at_staging()
    {
        await using var platform = await ThePlatform.WithAsync(4, Item, Token);
        var world = platform.World;
        var story = platform.Story(Token);

        await platform.SayAsync("/platform bootstrap infra --to infra/issuers");

        // Before any node is touched, a person is asked for the item.
        var asked = await platform.Ada.PostAsync(post => Asks(post, "vault-items"), platform.Limit);
        world.Tools.Log.ShouldNotContain(run => run.CommandLine.Contains(" reset ", StringComparison.Ordinal));
        world.Faults.Clear(Item);
        await ConfirmAsync(platform.Ada, asked, "made the item dragonfly", platform.Limit);

        using var rest = CancellationTokenSource.CreateLinkedTokenSource(platform.Limit);
        var routine = Task.WhenAll(story.ApproveAllAsync(rest.Token), story.ConfirmAsync(rest.Token));

        // Staging shows that the token proves nothing: the production certificate is not even asked for.
        var failed = await platform.Ada.PostAsync(post => post.Buttons.Contains("retry"), platform.Limit);
        failed.Text.ShouldContain("infra/issuers");
        world.Twin.Clusters["infra"].Objects.List("cert-manager.io/v1", "Certificate").ShouldHaveSingleItem();
        world.Faults.Clear(Token);
        await platform.Ada.Seat.PressAsync(failed.Id, "retry", platform.Limit);

        (await platform.EndAsync()).ShouldContain("succeeded");
        await rest.CancelAsync();
        await routine.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
        );
    }

    private static bool Asks(SeenPost post, string step) =>
        post.Buttons.Contains("confirm") && post.Message.Contains(step, StringComparison.Ordinal);

    private static async Task ConfirmAsync(
        Watcher who,
        SeenPost asked,
        string evidence,
        CancellationToken cancellationToken
    )
    {
        await who.Seat.PressAsync(asked.Id, "confirm", cancellationToken);
        await who.Seat.FillInAsync(await who.DialogAsync(cancellationToken), evidence, cancellationToken);
        await who.PostAsync(post => post.Id == asked.Id && !post.Buttons.Contains("confirm"), cancellationToken);
    }
}
