using System.Collections.Concurrent;
using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Runs;
using PlatformBot.Kubernetes;
using PlatformBot.Sandbox;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

public sealed class ClusterIdentityTests
{
    private const string Settings =
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings","namespace":"default"},"data":{"a":"1"}}""";

    private readonly Pins _pins = new();
    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
    private string _uid = "u-1";
    private int _looks;

    [Fact]
    public async Task The_first_cluster_that_answers_is_the_one_that_the_name_means()
    {
        await using var scene = await Scene.StartAsync(_pins);

        await scene.ApplyAsync(Settings);

        _pins.Of("infra")!.Uid.ShouldBe(UidOf(scene));
    }

    [Fact]
    public async Task Another_cluster_is_asked_nothing_and_nothing_is_done_there_wherever_the_configuration_leads()
    {
        await using var scene = await Scene.StartAsync(_pins);
        await using var other = await Scene.StartAsync();
        await scene.ApplyAsync(Settings);

        await File.WriteAllTextAsync(scene.Kubeconfig, other.Server.Kubeconfig("infra"), Scene.Stop);
        var look = await scene.LookAsync("exists", "v1", "Namespace", null, "default");
        var applied = await scene.ApplyAsync(Settings);

        (look.Holds, look.Hopeless).ShouldBe((null, true));
        applied.Verdict.ShouldBe(Verdict.Failed);
        applied.Said.ShouldBe(
            $"infra is bound to the cluster with the UID {UidOf(scene)} (since 2026-11-20 08:00 UTC, then at {At(scene)}), and at {At(other)}"
                + $" answers one with the UID {UidOf(other)}. Nothing was asked of it and nothing was done there."
        );
        applied.Explanation!.ShouldContain("/platform repin infra");
        (await other.GetAsync(new("v1", "ConfigMap", "default", "settings"))).Holds.ShouldBe(false);
    }

    [Fact]
    public async Task Waiting_for_another_cluster_is_hopeless()
    {
        await using var scene = await Scene.StartAtAsync(new FastClock(TimeProvider.System, 100), _pins);
        await using var other = await Scene.StartAsync();
        await scene.ApplyAsync(Settings);
        await File.WriteAllTextAsync(scene.Kubeconfig, other.Server.Kubeconfig("infra"), Scene.Stop);

        var end = await scene.Waits.UntilAsync(
            new("infra", "exists", new("v1", "ConfigMap", "default", "never"), Selector: null),
            scene.Progress.Add,
            Scene.Stop
        );

        (end.Holds, end.Hopeless).ShouldBe((null, true));
        end.Saw.ShouldStartWith("infra is bound to the cluster with the UID");
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_no_other_cluster()
    {
        await using var scene = await Scene.StartAsync(_pins);
        await scene.ApplyAsync(Settings);
        scene.Cluster.ApiIsUp = false;
        var gone = await scene.LookAsync("exists", "v1", "Namespace", null, "default");
        scene.Cluster.ApiIsUp = true;

        gone.Hopeless.ShouldBeFalse();
        (await scene.ApplyAsync(Settings)).Verdict.ShouldBe(Verdict.Done);
    }

    [Fact]
    public async Task Which_cluster_it_is_is_looked_at_again_after_half_a_minute_and_by_one_for_all()
    {
        using var identity = new ClusterIdentity("infra", "https://h", _pins, _clock);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => EnsureAsync(identity)));
        _clock.Advance(TimeSpan.FromSeconds(29));
        await EnsureAsync(identity);
        _looks.ShouldBe(1);

        _uid = "u-2";
        _clock.Advance(TimeSpan.FromSeconds(1));
        var error = await Should.ThrowAsync<ApiException>(EnsureAsync(identity));
        (_looks, error.IsWrongCluster, error.IsTransient).ShouldBe((2, true, false));
        await Should.ThrowAsync<ApiException>(EnsureAsync(identity));
        _looks.ShouldBe(3);
    }

    [Fact]
    public async Task When_the_pin_is_lifted_the_next_cluster_that_answers_is_meant()
    {
        using var identity = new ClusterIdentity("infra", "https://h", _pins, _clock);
        await EnsureAsync(identity);

        _uid = "u-2";
        _pins.Lift("infra");
        await EnsureAsync(identity);

        _pins.Of("infra")!.Uid.ShouldBe("u-2");
    }

    [Theory]
    [InlineData(404, Silence.Lost, "it has no namespace kube-system yet")]
    [InlineData(
        403,
        Silence.NotAsked,
        "the bot may not read the namespace kube-system, so that nobody can tell which cluster it is."
    )]
    public void A_cluster_that_does_not_say_which_it_is_is_not_used(int code, object silence, string said)
    {
        var untold = ClusterIdentity.Untold(ApiException.From(code, "text/plain", "no", null));

        (untold.Silence, untold.Message).ShouldBe(((Silence)silence, said));
    }

    private Task EnsureAsync(ClusterIdentity identity) => identity.EnsureAsync(ReadAsync, Scene.Stop);

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _looks);
        await Task.Yield();
        return _uid;
    }

    private static string UidOf(Scene scene) =>
        (string)scene.Cluster.Objects.Get(new("v1", "Namespace", "", "kube-system"))!["metadata"]!["uid"]!;

    private static string At(Scene scene) => scene.Server.Uri.GetLeftPart(UriPartial.Authority);

    /// <summary>As the journal keeps them.</summary>
    private sealed class Pins : IClusterPins
    {
        private static readonly DateTimeOffset Since = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

        private readonly ConcurrentDictionary<string, ClusterPin> _pins = [];

        public ClusterPin? Of(string cluster) => _pins.GetValueOrDefault(cluster);

        public Task<ClusterPin> PinAsync(
            string cluster,
            string uid,
            string server,
            CancellationToken cancellationToken
        ) => Task.FromResult(_pins.GetOrAdd(cluster, new ClusterPin(uid, server, Since)));

        public void Lift(string cluster) => _pins.TryRemove(cluster, out _);
    }
}
