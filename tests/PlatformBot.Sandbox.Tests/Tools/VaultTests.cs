using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Tools;

public sealed class VaultTests : IAsyncLifetime
{
    private const string Move = "op item move draft --current-vault Infra --destination-vault Prod";

    private readonly Rack _rack = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _rack.DisposeAsync();

    [Fact]
    public async Task An_item_that_is_moved_is_there_twice_for_a_while()
    {
        var old = _rack.Vault.Add("Infra", "draft", new Dictionary<string, string> { ["note"] = "kept" });
        var moving = _rack.Tools.RunAsync(Move);

        while (_rack.Vault.Find("Prod", "draft").Count == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);

        _rack.Vault.Find("Infra", "draft").Count.ShouldBe(1);
        await _rack.WhileTimePassesAsync(moving);
        _rack.Vault.Find("Infra", "draft").ShouldBeEmpty();
        var moved = _rack.Vault.Find("Prod", "draft").ShouldHaveSingleItem();
        (moved.Fields["note"], moved.Id == old.Id).ShouldBe(("kept", false));
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_moved()
    {
        var said = await _rack.Tools.RunAsync(Move);

        said.ExitCode.ShouldBe(1);
        said.Error.ShouldContain("\"draft\" isn't an item in the \"Infra\" vault");
    }
}
