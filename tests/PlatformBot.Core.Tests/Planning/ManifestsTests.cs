using PlatformBot.Core.Planning;
using PlatformBot.Core.Tests.Runbooks;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Planning;

/// <summary>What an apply action applies.</summary>
public sealed class ManifestsTests
{
    [Fact]
    public void The_texts_of_a_Secret_are_encoded_beside_its_data() =>
        Applied(
                "{ apiVersion: v1, kind: Secret, metadata: { name: s }, data: { a: YQ== }, stringData: { b: b, n: null } }"
            )
            .ShouldBe([
                """{"apiVersion":"v1","data":{"a":"YQ==","b":"Yg==","n":""},"kind":"Secret","metadata":{"name":"s"}}""",
            ]);

    [Fact]
    public void Only_a_Secret_has_texts_to_encode() =>
        Applied("{ apiVersion: v1, kind: ConfigMap, metadata: { name: c }, stringData: { b: b } }")
            .ShouldBe(["""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"stringData":{"b":"b"}}"""]);

    [Fact]
    public void A_List_is_its_items() =>
        Applied(
                "{ apiVersion: v1, kind: List, items: [{ apiVersion: v1, kind: Namespace, metadata: { name: a } }, { apiVersion: v1, kind: Namespace, metadata: { name: b } }] }"
            )
            .ShouldBe([
                """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a"}}""",
                """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"b"}}""",
            ]);

    [Theory]
    [InlineData("{ apiVersion: v1, kind: [], metadata: { name: a } }", "has no 'kind'")]
    [InlineData("{ apiVersion: v1, kind: { a: b }, metadata: { name: a } }", "has no 'kind'")]
    [InlineData("{ kind: Namespace, metadata: { name: a } }", "has no 'apiVersion'")]
    [InlineData("{ apiVersion: v1, kind: Namespace }", "has no 'metadata.name'")]
    [InlineData("{ apiVersion: v1, kind: Namespace, metadata: {} }", "has no 'metadata.name'")]
    public void What_is_no_object_is_said_and_breaks_nothing(string manifest, string said)
    {
        using var folder = With(manifest);

        folder.Problems().ShouldContain(problem => problem.Contains(said, StringComparison.Ordinal));
    }

    private static IReadOnlyList<string> Applied(string manifest)
    {
        using var folder = With(manifest);

        return ((PlannedAction.Apply)folder.Plan("infra").Steps.Single().Action).Objects;
    }

    private static CatalogueFolder With(string manifest) =>
        new CatalogueFolder().WithSteps($"- {{ step: a, apply: {{ objects: [{manifest}] }}, proves-itself: true }}");
}
