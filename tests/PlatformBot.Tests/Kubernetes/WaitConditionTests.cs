using System.Text.Json;
using PlatformBot.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

/// <summary>What <c>kubectl wait</c> took for met and for not met, tried on a real server, and what ours takes the same states for.</summary>
public sealed class WaitConditionTests
{
    [Theory]
    [InlineData("no status at all", 1, "null", "condition=Ready", false)]
    [InlineData(
        "no observedGeneration anywhere",
        2,
        """{"conditions":[{"type":"Ready","status":"True"}]}""",
        "condition=Ready",
        true
    )]
    [InlineData(
        "the object's observation is behind",
        2,
        """{"observedGeneration":1,"conditions":[{"type":"Ready","status":"True"}]}""",
        "condition=Ready",
        false
    )]
    [InlineData(
        "the object's observation is level",
        2,
        """{"observedGeneration":2,"conditions":[{"type":"Ready","status":"True"}]}""",
        "condition=Ready",
        true
    )]
    [InlineData(
        "the condition's own observation counts more",
        2,
        """{"observedGeneration":1,"conditions":[{"type":"Ready","status":"True","observedGeneration":2}]}""",
        "condition=Ready",
        true
    )]
    [InlineData(
        "the condition's own observation is behind",
        2,
        """{"observedGeneration":2,"conditions":[{"type":"Ready","status":"True","observedGeneration":1}]}""",
        "condition=Ready",
        false
    )]
    [InlineData(
        "case does not matter",
        1,
        """{"conditions":[{"type":"READY","status":"TRUE"}]}""",
        "condition=ready=true",
        true
    )]
    [InlineData(
        "false is wanted",
        1,
        """{"conditions":[{"type":"Ready","status":"False"}]}""",
        "condition=Ready=false",
        true
    )]
    [InlineData(
        "unknown is wanted",
        1,
        """{"conditions":[{"type":"Ready","status":"Unknown"}]}""",
        "condition=Ready=Unknown",
        true
    )]
    [InlineData(
        "false is not true",
        1,
        """{"conditions":[{"type":"Ready","status":"False"}]}""",
        "condition=Ready",
        false
    )]
    [InlineData(
        "only the first of a type counts",
        1,
        """{"conditions":[{"type":"Ready","status":"False"},{"type":"Ready","status":"True"}]}""",
        "condition=Ready",
        false
    )]
    [InlineData("a text at a path", 1, """{"phase":"Done"}""", "jsonpath=.status.phase=Done", true)]
    [InlineData("anything at a path", 1, """{"phase":"Done"}""", "jsonpath=.status.phase", true)]
    [InlineData("a number at a path", 1, """{"n":3}""", "jsonpath=.status.n=3", true)]
    [InlineData("nothing at a path", 1, "{}", "jsonpath=.status.nope=1", false)]
    public void Kubectl_means_the_same(string why, int generation, string status, string wanted, bool met)
    {
        var item = JsonElement.Parse(
            $$"""{"apiVersion":"wait.example.com/v1","kind":"Probe","metadata":{"name":"p","generation":{{generation}}},"status":{{status}}}"""
        );

        var look = WaitCondition.Look(item, "Probe", wanted);

        look.Holds.ShouldBe(met, $"{why}: {look.Saw}");
        look.Hopeless.ShouldBeFalse();
    }

    [Theory]
    [InlineData(
        "PersistentVolumeClaim",
        """{"status":{"phase":"Pending"},"spec":{"storageClassName":"rook-ceph-block"}}""",
        false,
        "is Pending, not Bound"
    )]
    [InlineData("PersistentVolumeClaim", """{"status":{"phase":"Bound"}}""", true, "is Bound")]
    [InlineData("Backup", """{"status":{"phase":"PartiallyFailed"}}""", false, "is PartiallyFailed, not Completed")]
    [InlineData(
        "Service",
        """{"spec":{"type":"LoadBalancer"},"status":{"loadBalancer":{}}}""",
        false,
        "has no address from a load balancer yet"
    )]
    [InlineData(
        "Service",
        """{"spec":{"type":"LoadBalancer"},"status":{"loadBalancer":{"ingress":[{"ip":"10.25.11.20"}]}}}""",
        true,
        "has the address 10.25.11.20"
    )]
    [InlineData(
        "Certificate",
        """{"status":{"conditions":[{"type":"Ready","status":"False","reason":"DoesNotExist","message":"Issuing certificate as Secret does not exist"}]}}""",
        false,
        "Ready is False, DoesNotExist: Issuing certificate as Secret does not exist"
    )]
    [InlineData(
        "CephCluster",
        """{"status":{"phase":"Progressing","ceph":{"health":"HEALTH_WARN"}}}""",
        false,
        "is Progressing, not Ready"
    )]
    [InlineData(
        "HelmRelease",
        """{"apiVersion":"helm.toolkit.fluxcd.io/v2","spec":{"suspend":true},"status":{"conditions":[{"type":"Ready","status":"True"}]}}""",
        false,
        "is suspended: nothing reconciles it until somebody resumes it"
    )]
    [InlineData("Widget", """{"status":{"conditions":[{"type":"Ready","status":"True"}]}}""", true, "is Ready")]
    public void Ready_means_what_its_kind_means_by_it(string kind, string body, bool met, string saw)
    {
        var look = WaitCondition.Look(JsonElement.Parse(body), kind, "ready");

        (look.Holds, look.Saw).ShouldBe((met, saw));
    }
}
