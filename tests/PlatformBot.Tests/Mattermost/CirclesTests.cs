using Microsoft.Extensions.DependencyInjection;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Roles;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Mattermost;

/// <summary>Groups need a licence: what a licensed server answers is taken from its published API, what another one answers was recorded.</summary>
public sealed class CirclesTests : IAsyncLifetime
{
    private const string Id = "4xp9fdt77pncbef59f4k1qe83o";

    private Scene _scene = null!;

    private IPeople People => _scene.Bot.Services.GetRequiredService<IPeople>();

    public async ValueTask InitializeAsync() => _scene = await Scene.StartAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task Without_a_licence_nobody_holds_anything_through_a_group()
    {
        (await People.FindCircleAsync("group", "sre", id: null, CancellationToken.None))
            .Ok(out _, out var refusal)
            .ShouldBeFalse();
        refusal!.Reason.ShouldBe(
            "The chat server tells nothing of groups (501 api.ldap_groups.license_error); they need a licence."
        );
    }

    [Fact]
    public async Task A_group_is_found_by_its_whole_name_and_whoever_left_it_is_not_in_it()
    {
        var (ada, grace) = (_scene.Chat.Persons["ada"].Id, _scene.Chat.Persons["grace"].Id);
        _scene.Odd.To("/groups", $$"""[{"id":"other","name":"sre-interns"},{"id":"{{Id}}","name":"sre"}]""");
        _scene.Odd.To($"/groups/{Id}/members", $$"""{"members":[{"id":"{{ada}}"},{"id":"{{grace}}"}]}""");

        (await People.FindCircleAsync("group", "sre", id: null, CancellationToken.None))
            .Ok(out var circle, out _)
            .ShouldBeTrue();
        circle.ShouldBeOfType<Circle>().Id.ShouldBe(Id);
        circle!.Members.Select(member => member.Name).ShouldBe(["ada", "grace"], ignoreOrder: true);

        _scene.Odd.To($"/groups/{Id}/members", $$"""{"members":[{"id":"{{ada}}"}]}""");
        (await People.IsInAsync(circle, ada, CancellationToken.None)).ShouldBeTrue();
        (await People.IsInAsync(circle, grace, CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_team_holds_whoever_is_in_it_and_has_not_left()
    {
        var grace = _scene.Chat.Persons["grace"].Id;
        (await People.FindCircleAsync("team", _scene.Chat.TeamName, id: null, CancellationToken.None))
            .Ok(out var circle, out _)
            .ShouldBeTrue();
        circle!.Members.Select(member => member.Name).ShouldContain("grace");
        circle.Members.Select(member => member.Name).ShouldNotContain("platformbot");
        (await People.IsInAsync(circle, grace, CancellationToken.None)).ShouldBeTrue();

        _scene.Odd.To($"members/{grace}", $$"""{"user_id":"{{grace}}","delete_at":1795210148770}""");
        (await People.IsInAsync(circle, grace, CancellationToken.None)).ShouldBeFalse();
    }
}
