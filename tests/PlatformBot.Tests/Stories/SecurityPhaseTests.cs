using Microsoft.Extensions.Logging;
using PlatformBot.Sandbox;
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
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        await using var household = await Household.StartAsync(
            folder => new SandboxOptions
            {
                Directory = folder,
                Speed = 60,
                Faults = [Item, Token],
            },
            logging => logging.ClearProviders(),
            limit.Token
        );
        var world = household.World;
        var transcript = new Transcript(TextWriter.Null, json: true, colour: false, width: 120, world.Clock);
        await using var ada = await Seats.SitAsync(world, "ada", transcript, aloud: false, limit.Token);
        await using var grace = await Seats.SitAsync(world, "grace", transcript, aloud: false, limit.Token);
        await Seats.WaitForBotAsync(ada, limit.Token);
        var story = new Story(ada, grace, grace, DemoWorld.Of(world, Token), transcript);

        await ada.Seat.TypeAsync("/platform bootstrap infra --to infra/issuers", limit.Token);
        await ada.PrivateAsync(limit.Token);

        // Before any node is touched, a person is asked for the item.
        var asked = await ada.PostAsync(post => Asks(post, "vault-items"), limit.Token);
        world.Tools.Log.ShouldNotContain(run => run.CommandLine.Contains(" reset ", StringComparison.Ordinal));
        world.Faults.Clear(Item);
        await ConfirmAsync(ada, asked, "made the item dragonfly", limit.Token);

        using var rest = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var routine = Task.WhenAll(story.ApproveAllAsync(rest.Token), story.ConfirmAsync(rest.Token));

        // Staging shows that the token proves nothing: the production certificate is not even asked for.
        var failed = await ada.PostAsync(post => post.Buttons.Contains("retry"), limit.Token);
        failed.Text.ShouldContain("infra/issuers");
        world.Twin.Clusters["infra"].Objects.List("cert-manager.io/v1", "Certificate").ShouldHaveSingleItem();
        world.Faults.Clear(Token);
        await ada.Seat.PressAsync(failed.Id, "retry", limit.Token);

        var end = await ada.PostAsync(
            post =>
                post.Message.Contains("Run #1", StringComparison.Ordinal)
                && post.Message.Contains(" after ", StringComparison.Ordinal),
            limit.Token
        );
        end.Message.ShouldContain("succeeded");
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
