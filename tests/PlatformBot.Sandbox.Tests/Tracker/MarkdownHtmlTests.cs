using PlatformBot.Sandbox.Tracker;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Tracker;

public sealed class MarkdownHtmlTests
{
    [Theory]
    [InlineData("# Title", "<h1>Title</h1>")]
    [InlineData("a **b** _c_", "<p>a <strong>b</strong> <em>c</em></p>")]
    [InlineData("`<b>`", "<p><code>&lt;b&gt;</code></p>")]
    [InlineData("- one\n- two", "<ul><li>one</li><li>two</li></ul>")]
    [InlineData("1. one\n2. two", "<ol><li>one</li><li>two</li></ol>")]
    [InlineData("> said", "<blockquote>said</blockquote>")]
    [InlineData("```sh\n**x** <y>\n```", "<pre><code>**x** &lt;y&gt;\n</code></pre>")]
    [InlineData("[t](https://a.test/x)", "<p><a href=\"https://a.test/x\" rel=\"noopener noreferrer\">t</a></p>")]
    [InlineData("a <!-- hidden --> b", "<p>a  b</p>")]
    [InlineData("<details>", "<details>")]
    [InlineData("<summary>More</summary>", "<summary>More</summary>")]
    public void Markdown_becomes_HTML(string markdown, string html) => MarkdownHtml.Render(markdown).ShouldBe(html);

    [Fact]
    public void A_table_keeps_its_cells() =>
        MarkdownHtml
            .Render("| a | b |\n|---|---|\n| 1 | x\\|y |")
            .ShouldBe(
                "<div class=\"wide\"><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>x|y</td></tr></tbody></table></div>"
            );

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("[x](https://a.test/\"onmouseover=alert(1))")]
    [InlineData("<details><script>1</script></details>")]
    [InlineData("<summary><img src=x></summary>")]
    [InlineData(@"\<script\>")]
    public void Nothing_becomes_a_tag_that_is_not_ours(string markdown)
    {
        var html = MarkdownHtml.Render(markdown);

        html.ShouldNotContain("<script");
        html.ShouldNotContain("<img");
        html.ShouldNotContain("href=\"javascript");
        html.ShouldNotContain("\"onmouseover");
    }

    [Fact]
    public void What_a_backslash_makes_plain_stays_plain() =>
        MarkdownHtml.Render(@"\*\*not bold\*\* \<b\>").ShouldBe("<p>**not bold** &lt;b&gt;</p>");
}
