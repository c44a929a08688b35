using System.Text.Json;
using PlatformBot.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

public sealed class ObjectDiffTests
{
    // csharpier-ignore-start - before, after, what is said
    [Theory]
    [InlineData("""{"spec":{"replicas":2}}""", """{"spec":{"replicas":3}}""", ".spec.replicas: 2 → 3")]
    [InlineData("""{"metadata":{}}""", """{"metadata":{"labels":{"team":"a"}}}""", """.metadata.labels: + {"team":"a"}""")]
    [InlineData("""{"metadata":{"annotations":{"example.com/x":"1"}}}""", """{"metadata":{"annotations":{}}}""", ".metadata.annotations['example.com/x']: - 1")]
    [InlineData("""{"c":[{"name":"web","image":"a:1"},{"name":"log","image":"b:1"}]}""", """{"c":[{"name":"log","image":"b:1"},{"name":"web","image":"a:2"}]}""", ".c[name=web].image: a:1 → a:2")]
    [InlineData("""{"args":["a","b"]}""", """{"args":["a","c"]}""", ".args[1]: b → c")]
    [InlineData("""{"kind":"Secret","data":{"password":"b2xk"}}""", """{"kind":"Secret","data":{"password":"bmV3"}}""", ".data.password: ••• → •••")]
    [InlineData("""{"data":{"text":"one\ntwo"}}""", """{"data":{"text":"one\nthree"}}""", ".data.text: one⏎two → one⏎three")]
    // csharpier-ignore-end
    public void A_change_is_a_line_with_its_path(string before, string after, string said) =>
        ObjectDiff.Of(JsonElement.Parse(before), JsonElement.Parse(after), text => text).ShouldBe([said]);

    [Fact]
    public void What_the_server_keeps_for_itself_is_no_change() =>
        ObjectDiff
            .Of(
                JsonElement.Parse(
                    """{"metadata":{"resourceVersion":"1","generation":1,"managedFields":[],"name":"x"},"status":{"a":1}}"""
                ),
                JsonElement.Parse(
                    """{"metadata":{"resourceVersion":"2","generation":2,"managedFields":[1],"name":"x"},"status":{"a":2}}"""
                ),
                text => text
            )
            .ShouldBeEmpty();

    [Fact]
    public void A_known_secret_is_taken_out_before_a_value_is_cut()
    {
        var secret = new string('s', 100);

        ObjectDiff
            .Of(
                JsonElement.Parse("""{"env":"x"}"""),
                JsonElement.Parse($$"""{"env":"{{secret}}"}"""),
                text => text.Replace(secret, "•••", StringComparison.Ordinal)
            )
            .ShouldBe([".env: x → •••"]);
    }
}
