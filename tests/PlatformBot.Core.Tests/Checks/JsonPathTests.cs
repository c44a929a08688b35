using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using PlatformBot.Core.Checks;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Checks;

public sealed class JsonPathTests
{
    private static readonly JsonElement Pod = JsonDocument
        .Parse(
            """
            {
              "metadata": { "name": "cilium-x7f", "labels": { "app.kubernetes.io/name": "cilium" } },
              "spec": { "replicas": 3, "paused": false },
              "status": {
                "conditions": [
                  { "type": "Initialized", "status": "True" },
                  { "type": "Ready", "status": "False", "code": 7 }
                ],
                "ips": ["10.0.0.1", "10.0.0.2"]
              }
            }
            """
        )
        .RootElement;

    [Theory]
    [InlineData(".metadata.name", "cilium-x7f")]
    [InlineData("{.metadata.name}", "cilium-x7f")]
    [InlineData("$.metadata.name", "cilium-x7f")]
    [InlineData("metadata.name", "cilium-x7f")]
    [InlineData(".metadata['name']", "cilium-x7f")]
    [InlineData(".metadata.labels['app.kubernetes.io/name']", "cilium")]
    [InlineData(".metadata.labels.app\\.kubernetes\\.io/name", "cilium")]
    [InlineData(".spec.replicas", "3")]
    [InlineData(".spec.paused", "false")]
    [InlineData(".status.ips[0]", "10.0.0.1")]
    [InlineData(".status.ips[-1]", "10.0.0.2")]
    [InlineData(".status.ips[*]", "10.0.0.1 10.0.0.2")]
    [InlineData(".status.conditions[?(@.type==\"Ready\")].status", "False")]
    [InlineData(".status.conditions[?(@.type == 'Ready')].status", "False")]
    [InlineData(".status.conditions[?(@.type!=\"Ready\")].type", "Initialized")]
    [InlineData(".status.conditions[?(@.code==7)].type", "Ready")]
    [InlineData(".status.conditions[?(@.code)].type", "Ready")]
    [InlineData(".status.conditions[*].type", "Initialized Ready")]
    [InlineData(".status.nothing.there", "")]
    [InlineData(".status.ips[9]", "")]
    [InlineData(".metadata.name[0]", "")]
    public void It_finds_what_kubectl_finds(string path, string expected)
    {
        JsonPath.Parse(path).Ok(out var reader, out var refusal).ShouldBeTrue(refusal?.Reason);

        string.Join(' ', reader.Find(Pod).Select(JsonPath.TextOf)).ShouldBe(expected);
    }

    [Theory]
    [InlineData(".a[", "']' is missing (character 4)")]
    [InlineData(".a[0", "']' is missing (character 5)")]
    [InlineData(".a['b", "the quote is not closed (character 4)")]
    [InlineData(".a.", "a name is missing after the dot (character 4)")]
    [InlineData(".a..b", "'..' is not supported: write the whole path (character 4)")]
    [InlineData(".a[x]", "a number, '*', a quoted name or a filter is expected (character 4)")]
    [InlineData(".a[?(@.b>3)]", "a filter compares with == or != and one text or number (character 9)")]
    [InlineData(".a]", "unexpected ']' (character 3)")]
    public void A_mistake_is_named_with_its_place(string path, string problem)
    {
        JsonPath.Parse(path).Ok(out _, out var refusal).ShouldBeFalse();

        refusal!.Reason.ShouldBe(problem);
    }

    [Fact]
    public void No_text_makes_the_reader_throw()
    {
        var pieces = new[]
        {
            ".",
            "[",
            "]",
            "a",
            "'",
            "\"",
            "?(@",
            "==",
            "!=",
            ")",
            "*",
            "-",
            "1",
            "$",
            "{",
            "}",
            "\\",
            " ",
            "é",
        };
        var paths = Gen.Elements(pieces).ListOf().Select(string.Concat).ToArbitrary();

        Prop.ForAll(
                paths,
                path =>
                {
                    if (JsonPath.Parse(path).Ok(out var reader, out var refusal))
                        reader.Find(Pod).ShouldNotBeNull();
                    else
                        refusal.Reason.ShouldNotBeEmpty();
                }
            )
            .QuickCheckThrowOnFailure();
    }
}
