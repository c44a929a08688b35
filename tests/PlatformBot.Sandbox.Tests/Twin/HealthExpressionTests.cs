using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Flux;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Twin;

public sealed class HealthExpressionTests
{
    private static readonly JsonObject Warns = JsonNode
        .Parse("""{"status":{"phase":"Ready","ready":true,"ceph":{"health":"HEALTH_WARN"}}}""")!
        .AsObject();

    [Theory]
    [InlineData("has(status.ceph) && status.ceph.health in ['HEALTH_OK', 'HEALTH_WARN']", true)]
    [InlineData("has(status.ceph) && status.ceph.health == 'HEALTH_ERR'", false)]
    [InlineData("!has(status.ceph) || !has(status.ceph.health)", false)]
    [InlineData("status.phase != \"Ready\"", false)]
    [InlineData("status.ready && (has(spec.x) || status.phase == 'Ready')", true)]
    [InlineData("status.nothing == 'Ready'", false)]
    [InlineData("status.nothing != 'Ready'", false)]
    public void It_says_of_an_object_what_it_says(string expression, bool expected) =>
        HealthExpression.Holds(expression, Warns).ShouldBe(expected);

    [Theory]
    [InlineData("status.phase == ")]
    [InlineData("has(status.phase")]
    [InlineData("status.phase == 'Ready' status")]
    public void What_is_no_expression_is_refused(string expression) =>
        Should.Throw<FormatException>(() => HealthExpression.Holds(expression, Warns));
}
