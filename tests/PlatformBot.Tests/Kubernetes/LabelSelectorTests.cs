using System.Text.Json;
using PlatformBot.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

public sealed class LabelSelectorTests
{
    private static readonly JsonElement Web = JsonElement.Parse(
        """{"metadata":{"labels":{"app":"web","tier":"front","example.com/part":"a"}}}"""
    );

    // csharpier-ignore-start - a selector, and whether it chooses app=web, tier=front, example.com/part=a
    [Theory]
    [InlineData("", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web,tier = front", true)]
    [InlineData("app=db", false)]
    [InlineData("app!=db", true)]
    [InlineData("missing!=x", true)]
    [InlineData("app in (db, web)", true)]
    [InlineData("app in (db),tier=front", false)]
    [InlineData("tier notin (back)", true)]
    [InlineData("missing notin (back)", true)]
    [InlineData("tier notin (front,back)", false)]
    [InlineData("example.com/part", true)]
    [InlineData("!example.com/part", false)]
    [InlineData("!missing,app", true)]
    // csharpier-ignore-end
    public void A_selector_chooses_as_the_server_does(string text, bool chosen)
    {
        var selector = LabelSelector.Parse(text).ShouldNotBeNull();

        selector.Matches(Web).ShouldBe(chosen);
        LabelSelector.Parse($"{selector}").ShouldNotBeNull().Matches(Web).ShouldBe(chosen, "its own text means the same");
    }

    [Theory]
    [InlineData("a=b,")]
    [InlineData("a in b")]
    [InlineData("(a)")]
    [InlineData("a=b c=d")]
    public void What_is_no_selector_is_left_to_the_server(string text) => LabelSelector.Parse(text).ShouldBeNull();

    [Theory]
    [InlineData("""{"matchLabels":{"app":"web"},"matchExpressions":[{"key":"tier","operator":"In","values":["front"]}]}""", true)]
    [InlineData("""{"matchExpressions":[{"key":"tier","operator":"NotIn","values":["front"]}]}""", false)]
    [InlineData("""{"matchExpressions":[{"key":"tier","operator":"DoesNotExist"}]}""", false)]
    public void A_workloads_selector_means_the_same(string selector, bool chosen) =>
        LabelSelector.Of(JsonElement.Parse(selector)).ShouldNotBeNull().Matches(Web).ShouldBe(chosen);

    [Theory]
    [InlineData("100", "99", true)]
    [InlineData("99", "100", false)]
    [InlineData("99", "99", true)]
    [InlineData("1", "", true)]
    [InlineData("abc", "100", true)]
    public void Versions_are_compared_as_numbers_and_never_stop_what_is_none(string one, string other, bool atLeast) =>
        ResourceVersion.IsAtLeast(one, other).ShouldBe(atLeast);
}
