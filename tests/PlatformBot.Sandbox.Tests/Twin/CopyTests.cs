using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Twin;

/// <summary>The object store's copy on the NAS: two keys and a bucket, each of which can be wrong.</summary>
public sealed class CopyTests
{
    private const string Copy = "s3-mirror-gitlab";
    private readonly ApplicationScene _scene = new();

    [Fact]
    public void While_the_NAS_is_away_nothing_is_copied()
    {
        Prepared();
        _scene.Faults.Arm("infra/nas-away");
        _scene.StartNow(Copy);
        _scene.Until(() => Job().Holds("Failed"));
        Log().ShouldContain("dial tcp 10.25.11.3:9000: connect: connection refused");

        _scene.Faults.Clear("infra/nas-away");
        Again();
        _scene.Until(() => Job().Holds("Complete"));
    }

    [Fact]
    public void Without_the_bucket_the_NAS_denies_to_make_one()
    {
        _scene.Infrastructure("storage/object-store-mirror/cronjobs.yaml");
        Accept();
        _scene.Pass(TimeSpan.FromSeconds(30));
        _scene.StartNow(Copy);
        _scene.Until(() => Job().Holds("Failed"));

        Log().ShouldContain("api error AccessDenied: Access Denied.");
    }

    [Fact]
    public void With_a_key_that_the_NAS_does_not_know_nothing_is_copied()
    {
        _scene.World.Nas.MakeBucketsOf("infra");
        _scene.Infrastructure("storage/object-store-mirror/cronjobs.yaml");
        _scene.Pass(TimeSpan.FromSeconds(30));
        _scene.StartNow(Copy);
        _scene.Until(() => Job().Holds("Failed"));

        Log().ShouldContain("api error InvalidAccessKeyId");
    }

    private void Prepared()
    {
        _scene.World.Nas.MakeBucketsOf("infra");
        Accept();
        _scene.Infrastructure("storage/object-store-mirror/cronjobs.yaml");
        _scene.Pass(TimeSpan.FromSeconds(30));
    }

    private void Accept() =>
        _scene.World.Nas.Accept(
            _scene.World.Vault.ValueOf("nas-s3-mirror", "access-key"),
            _scene.World.Vault.ValueOf("nas-s3-mirror", "secret-key")
        );

    private void Again()
    {
        Deletion.Begin(_scene.Infra, Key);
        _scene.Pass(TimeSpan.FromSeconds(10));
        _scene.StartNow(Copy);
    }

    private static ObjectKey Key => new("batch/v1", "Job", "rook-ceph", $"{Copy}-now");

    private JsonObject Job() => _scene.Infra.Objects.View(Key).ShouldNotBeNull();

    private string Log() =>
        _scene
            .Infra.Objects.View("v1", "Pod", "rook-ceph")
            .Where(pod => pod.Name().StartsWith(Copy, StringComparison.Ordinal))
            .Select(pod => _scene.Infra.Trouble!(pod)?.Log ?? "")
            .First();
}
