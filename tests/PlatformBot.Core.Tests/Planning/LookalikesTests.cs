using PlatformBot.Core.Planning;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Planning;

/// <summary>Names that are not what they look like.</summary>
public sealed class LookalikesTests
{
    private static readonly string[] Known = ["infra", "apps", "infra-01", "apps-01"];

    [Theory]
    [InlineData("infra")]
    [InlineData("apps-01")]
    [InlineData("the disk of infra-01 is full")]
    [InlineData("1.18.3")]
    [InlineData("причина: диск")]
    [InlineData("naïve café")]
    [InlineData("infra-02")]
    [InlineData("")]
    public void What_is_what_it_looks_like_is_no_news(string text) => Lookalikes.In(text, Known).ShouldBeEmpty();

    [Theory]
    [InlineData("\u0456nfra", "\u0456nfra is not infra: its 1st letter is U+0456")]
    [InlineData("in\u200Bfra", "in\u200Bfra is not infra: its 3rd letter is U+200B")]
    [InlineData("\uFF49nfra", "\uFF49nfra is not infra: its 1st letter is U+FF49")]
    [InlineData("a\u0440ps", "a\u0440ps is not apps: its 2nd letter is U+0440")]
    [InlineData("infra-O1", "infra-O1 is not infra-01: its 7th letter is U+004F")]
    [InlineData("infra-0l", "infra-0l is not infra-01: its 8th letter is U+006C")]
    [InlineData("wipe \u0430pps, please", "\u0430pps is not apps: its 1st letter is U+0430")]
    [InlineData("st\u03BFrage", "st\u03BFrage mixes alphabets: its 3rd letter is U+03BF")]
    [InlineData("\u0434\u0438\u0441k", "\u0434\u0438\u0441k mixes alphabets: its 4th letter is U+006B")]
    public void What_only_looks_like_it_is_told_with_the_letter(string text, string told) =>
        Lookalikes.In(text, Known).ShouldBe([told]);
}
