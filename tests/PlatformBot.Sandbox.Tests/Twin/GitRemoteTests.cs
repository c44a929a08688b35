using PlatformBot.Sandbox.Twin.Git;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Twin;

public sealed class GitRemoteTests
{
    private readonly Faults _faults = new();
    private readonly GitRemote _remote;

    public GitRemoteTests() => _remote = new GitRemote(new FakeClock(DateTimeOffset.UnixEpoch), _faults);

    [Fact]
    public void A_push_that_does_not_build_on_the_head_is_rejected()
    {
        var first = Push(parent: null, "one").Commit!;
        Push(first.Sha, "two");

        Push(first.Sha, "three").Rejection.ShouldBe("fetch first");
        _remote.Head("main")!.Message.ShouldBe("two");
    }

    [Fact]
    public void Every_commit_keeps_its_own_tree()
    {
        var first = Push(parent: null, "one").Commit!;
        var second = Push(first.Sha, "two").Commit!;

        _remote.Read(first.Sha, "file").ShouldBe("one");
        _remote.Read(second.Sha, "file").ShouldBe("two");
        second.Sha.Length.ShouldBe(40);
    }

    [Fact]
    public void A_fault_rejects_one_push_and_the_next_goes_through()
    {
        _faults.Arm("git/push-rejected:times=1");

        Push(parent: null, "one").Rejection.ShouldBe("fetch first");
        Push(parent: null, "one").Rejection.ShouldBeNull();
    }

    private GitPush Push(string? parent, string text) =>
        _remote.Push("main", parent, new Dictionary<string, string> { ["file"] = text }, text);
}
