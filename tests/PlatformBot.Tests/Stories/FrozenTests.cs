using PlatformBot.Core.Runs;
using PlatformBot.Tests.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>What was approved is what runs: with the files that it names, the programs that it starts, on the cluster that it was.</summary>
public sealed class FrozenTests
{
    private const string ApplyFile = """
        - step: apply
          title: Apply the patch
          destructive: replaces the configuration of ${{ cluster.name }}
          run: [world, apply, "--patch=@${{ paths.repository }}/talos/patch.yaml"]
          probe: [{ run: [world, has, said] }]
          verify: [{ run: [world, has, said] }]
        """;

    private const string LookThenApply = $$"""
        - step: look
          title: Look
          manual: { ask: Look }
        {{ApplyFile}}
        """;

    [Fact]
    public async Task A_file_that_changes_after_the_approval_makes_it_void_and_is_named_everywhere()
    {
        await using var chat = await TheChat.WithAsync(LookThenApply);
        var patch = chat.Repository("talos/patch.yaml", "wipe: false");
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");
        approval.Text.ShouldContain("file talos/patch.yaml: `7c6c");
        approval.Text.ShouldContain("tool world: `");
        approval.Text.ShouldContain("cluster **infra** (no cluster answers there yet)");
        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("is approved");

        await File.WriteAllTextAsync(patch, "wipe: true", chat.Limit);
        await LooksAsync(chat);

        var failed = await chat.SeesAsync(post => post.Buttons.SequenceEqual(["abort"]));
        failed.Text.ShouldContain("What infra/rollout was approved for has changed, so the approval is void.");
        failed.Text.ShouldContain("file talos/patch.yaml: was 7c6c");
        chat.Done.ShouldBeEmpty();
        chat.Events.OfType<RunEvent.StepFailed>()
            .Single()
            .Failure.Output.ShouldStartWith("file talos/patch.yaml: was 7c6c");
        await chat.ReportsAsync("file talos/patch.yaml: was 7c6c");
        (await chat.SaysAsync("ada", "/platform retry 1 infra/apply")).ShouldNotStartWith(":no_entry:");
        await chat.SeesAsync(post => post.Text.Contains("failed after 2 attempts", StringComparison.Ordinal));
        chat.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_program_that_was_replaced_after_the_approval_is_not_started()
    {
        await using var chat = await TheChat.WithAsync(LookThenApply);
        chat.Repository("talos/patch.yaml", "wipe: false");
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));
        await chat.SaysAsync("grace", "/platform approve 1 infra/rollout");

        await File.AppendAllTextAsync(chat.ToolAt("world"), "\n# another version\n", chat.Limit);
        await LooksAsync(chat);

        (await chat.SeesAsync(post => post.Buttons.SequenceEqual(["abort"]))).Text.ShouldContain("tool world: was ");
        chat.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_the_same_by_then_runs()
    {
        await using var chat = await TheChat.WithAsync(LookThenApply);
        var patch = chat.Repository("talos/patch.yaml", "wipe: false");
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));
        await chat.SaysAsync("grace", "/platform approve 1 infra/rollout");

        await File.WriteAllTextAsync(patch, "wipe: false", chat.Limit);
        await LooksAsync(chat);

        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
    }

    [Fact]
    public async Task A_file_that_the_run_itself_brings_is_pinned_when_it_is_there()
    {
        await using var chat = await TheChat.WithAsync(LookThenApply);
        await chat.SaysAsync("ada", "/platform deploy infra");
        (await chat.SeesAsync(post => post.Buttons.Contains("approve"))).Text.ShouldContain(
            "file talos/patch.yaml: `not there`"
        );
        await chat.SaysAsync("grace", "/platform approve 1 infra/rollout");

        chat.Repository("talos/patch.yaml", "wipe: false");
        await LooksAsync(chat);

        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        chat.Events.OfType<RunEvent.InputsSeen>().Single().Inputs.Single().Input.ShouldBe("file talos/patch.yaml");
    }

    [Fact]
    public async Task Another_cluster_behind_the_same_name_is_not_touched()
    {
        await using var infra = await Scene.StartAsync();
        await using var other = await Scene.StartAsync();
        await using var chat = await TheChat.WithAsync(LookThenApply, speed: 1);
        chat.Repository("talos/patch.yaml", "wipe: false");
        File.Copy(infra.Kubeconfig, chat.Kubeconfig);
        await chat.SaysAsync("ada", "/platform deploy infra");
        (await chat.SeesAsync(post => post.Buttons.Contains("approve"))).Text.ShouldContain("cluster **infra** (UID `");
        await chat.SaysAsync("grace", "/platform approve 1 infra/rollout");

        File.Copy(other.Kubeconfig, chat.Kubeconfig, overwrite: true);
        await LooksAsync(chat);

        (await chat.SeesAsync(post => post.Buttons.SequenceEqual(["abort"]))).Text.ShouldContain(
            "the client configuration leads to another cluster"
        );
        chat.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cluster_that_is_away_can_be_asked_again_later()
    {
        var infra = await Scene.StartAsync();
        await using var chat = await TheChat.WithAsync(LookThenApply, speed: 1);
        chat.Repository("talos/patch.yaml", "wipe: false");
        File.Copy(infra.Kubeconfig, chat.Kubeconfig);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));
        await chat.SaysAsync("grace", "/platform approve 1 infra/rollout");
        await infra.DisposeAsync();

        await LooksAsync(chat);

        var failed = await chat.SeesAsync(post => post.Buttons.Contains("retry"));
        failed.Text.ShouldContain("It cannot be told whether this is what was approved.");
        chat.Done.ShouldBeEmpty();
    }

    /// <summary>Ada does what she is asked to do, so that it is the destructive step's turn.</summary>
    private static async Task LooksAsync(TheChat chat)
    {
        await chat.SeesAsync(post => post.Buttons.Contains("confirm"));
        await chat.SaysAsync("ada", "/platform confirm 1 infra/look fine");
    }
}
