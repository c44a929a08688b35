using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Tools;

/// <summary>A GitOps checkout: edited with yq, committed and pushed with git, always against a remote that may move.</summary>
public sealed class GitTests : IAsyncLifetime
{
    private const string Git = "git -C gitops";

    private Workbench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await Workbench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_change_goes_from_the_file_to_the_remote()
    {
        _bench.Write("gitops/kubernetes/a.yaml", "a: 1\n");

        (await _bench.RunAsync($"{Git} status --porcelain=v1 --branch")).Out.ShouldBe(
            "## main...origin/main\n?? kubernetes/a.yaml\n"
        );
        (await _bench.RunAsync($"{Git} add --all")).ExitCode.ShouldBe(0);
        (await _bench.RunAsync($"{Git} diff --cached --quiet")).ExitCode.ShouldBe(1);
        (await _bench.RunAsync($"{Git} commit -m first")).ExitCode.ShouldBe(0);
        (await _bench.RunAsync($"{Git} status --porcelain=v1 --branch")).Out.ShouldBe(
            "## main...origin/main [ahead 1]\n"
        );
        (await _bench.RunAsync($"{Git} push origin HEAD:main")).Error.ShouldContain("HEAD -> main");

        _bench.World.Git.Head("main")!.Tree["kubernetes/a.yaml"].ShouldBe("a: 1\n");
        (await _bench.RunAsync($"{Git} rev-parse HEAD origin/main")).Out.Split('\n').Distinct().Count().ShouldBe(2);
        (await _bench.RunAsync($"{Git} push origin HEAD:main")).Error.ShouldBe("Everything up-to-date\n");
        (await _bench.RunAsync($"{Git} commit -m nothing"))
            .ToString()
            .ShouldBe("exit 1\n--- stdout\nOn branch main\nnothing to commit, working tree clean\n\n--- stderr\n");
    }

    [Fact]
    public async Task A_push_that_somebody_was_faster_than_is_rejected_and_goes_through_after_a_rebase()
    {
        SomebodyElsePushes();
        _bench.Write("gitops/ours", "1");
        await _bench.RunAsync($"{Git} add ours");
        await _bench.RunAsync($"{Git} commit -m ours");

        var rejected = await _bench.RunAsync($"{Git} push origin HEAD:main");
        rejected.ExitCode.ShouldBe(1);
        rejected.Error.ShouldContain(" ! [rejected]        HEAD -> main (fetch first)");

        (await _bench.RunAsync($"{Git} pull --rebase origin main")).ExitCode.ShouldBe(0);
        (await _bench.RunAsync($"{Git} push origin HEAD:main")).ExitCode.ShouldBe(0);
        _bench.World.Git.Head("main")!.Tree.Keys.ShouldBe(["README.md", "ours", "theirs"], ignoreOrder: true);
        _bench.Read("gitops/theirs").ShouldBe("1");
    }

    [Fact]
    public async Task An_edit_that_was_cut_off_before_its_commit_is_carried_over_a_pull()
    {
        SomebodyElsePushes();
        _bench.Write("gitops/README.md", "edited");
        _bench.Write("gitops/new", "staged");
        (await _bench.RunAsync($"{Git} add README.md new")).ExitCode.ShouldBe(0);

        (await _bench.RunAsync($"{Git} pull --rebase origin main")).ExitCode.ShouldBe(128);
        (await _bench.RunAsync($"{Git} pull --rebase --autostash origin main")).ExitCode.ShouldBe(0);

        _bench.Read("gitops/theirs").ShouldBe("1");
        _bench.Read("gitops/README.md").ShouldBe("edited");
        (await _bench.RunAsync($"{Git} status --porcelain=v1")).Out.ShouldBe(" M README.md\nA  new\n");
    }

    [Fact]
    public async Task A_phase_is_released_once_and_comments_stay()
    {
        const string before = "# Root\nresources:\n  - flux-system\n  - phases/00-base.yaml   # the base\n# end\n";
        string[] release = ["yq", "-i", ".resources |= ((. + [\"phases/10-lb.yaml\"]) | unique)", "k.yaml"];
        _bench.Write("k.yaml", before);

        (await _bench.Box.RunAsync(release, null)).ToString().ShouldBe("exit 0\n--- stdout\n\n--- stderr\n");
        (await _bench.Box.RunAsync(release, null)).ExitCode.ShouldBe(0);
        _bench
            .Read("k.yaml")
            .ShouldBe(before.Replace("# end", "  - phases/10-lb.yaml\n# end", StringComparison.Ordinal));

        await _bench.Box.RunAsync(
            ["yq", "-i", "del(.resources[] | select(. == \"phases/10-lb.yaml\"))", "k.yaml"],
            null
        );
        _bench.Read("k.yaml").ShouldBe(before);
    }

    [Fact]
    public async Task One_field_of_the_document_with_a_name_is_set()
    {
        const string before =
            "---\nmetadata:\n  name: one\nspec:\n  path: ./a\n---\nmetadata:\n  name: two\nspec:\n  path: ./b # here\n";
        _bench.Write("p.yaml", before);

        await _bench.Box.RunAsync(
            ["yq", "-i", "(select(.metadata.name == \"two\") | .spec.path) = \"./c\"", "p.yaml"],
            null
        );

        _bench.Read("p.yaml").ShouldBe(before.Replace("./b", "./c", StringComparison.Ordinal));
        (await _bench.RunAsync("yq .spec.path p.yaml")).Out.ShouldBe("./a\n");
        (await _bench.RunAsync("yq . missing.yaml")).Error.ShouldBe(
            "Error: open missing.yaml: no such file or directory\n"
        );
    }

    [Fact]
    public async Task Outside_of_a_checkout_git_says_so() =>
        (await _bench.RunAsync("git -C seed status"))
            .ToString()
            .ShouldContain("exit 128\n--- stdout\n\n--- stderr\nfatal: not a git repository");

    private void SomebodyElsePushes()
    {
        var head = _bench.World.Git.Head("main")!;
        _bench.World.Git.Push(
            "main",
            head.Sha,
            new Dictionary<string, string>(head.Tree) { ["theirs"] = "1" },
            "theirs"
        );
    }
}
