using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using PlatformBot.Core.Chat;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Chat;

public sealed class MarkdownTests
{
    private const string Zero = "\u200B";

    [Theory]
    [InlineData("@all look", "@" + Zero + "all look")]
    [InlineData("ping @ada.lovelace", "ping @" + Zero + "ada.lovelace")]
    [InlineData("<!channel>", "<" + Zero + @"\!channel\>")]
    [InlineData("<?php ?>", "<" + Zero + @"?php ?\>")]
    [InlineData("a&#x202E;b&lt;c & d", "a&" + Zero + @"\#" + Zero + "x202E;b&" + Zero + "lt;c & d")]
    [InlineData("rpc error: code = Unavailable", "rpc error: code = Unavailable")]
    [InlineData(@"a\_b", @"a\\\_b")]
    [InlineData("===", "=" + Zero + "==")]
    [InlineData(@"C:\temp \* \", @"C:\temp \\\* \\")]
    [InlineData("[ok](javascript:x)", @"\[ok\]\(javascript:x\)")]
    [InlineData("https://evil.test", "https:" + Zero + "//evil.test")]
    [InlineData(":white_check_mark: Approved", ":" + Zero + @"white\_check\_mark: Approved")]
    [InlineData("a | b", @"a \| b")]
    [InlineData("fixes #12", @"fixes \#" + Zero + "12")]
    [InlineData("two\nlines", "two lines")]
    public void Text_from_outside_is_only_text(string said, string shown) => Markdown.Inline(said).ShouldBe(shown);

    [Theory]
    [InlineData("plain", "`plain`")]
    [InlineData("a`b", "``a`b``")]
    [InlineData("`edge", "`` `edge ``")]
    [InlineData("", "` `")]
    public void Code_in_a_line_cannot_be_broken_out_of(string said, string shown) =>
        Markdown.Code(said).ShouldBe(shown);

    [Fact]
    public void What_hides_or_turns_round_is_shown_by_number() =>
        Markdown.Visible("a\u202Eb\u200Bc\0d\u001B[1m").ShouldBe("a⟨U+202E⟩b⟨U+200B⟩cd⟨U+001B⟩[1m");

    [Fact]
    public void Nobody_is_called_from_a_body_but_code_stays_as_it_was() =>
        Markdown
            .Hush("hi @ada, mail a@b.c\n```\n@all\n```\n@here")
            .ShouldBe($"hi @{Zero}ada, mail a@b.c\n```\n@all\n```\n@{Zero}here");

    [Fact]
    public void A_fence_ends_only_where_we_end_it() =>
        Prop.ForAll<NonNull<string>, int>(
                (text, ticks) =>
                {
                    var nasty = text.Get + "\n" + new string('`', Math.Abs(ticks % 9)) + "\n" + text.Get;
                    var lines = Markdown.Fence(nasty).Split('\n');
                    var fence = lines[0];

                    return lines[^1] == fence
                        && lines[1..^1].All(line => !line.Contains(fence, StringComparison.Ordinal));
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void No_line_of_text_calls_anybody_or_carries_a_hidden_character() =>
        Prop.ForAll<NonNull<string>>(text =>
            {
                var shown = Markdown.Inline($"@{text.Get} <!here> {text.Get}@all");

                return !Regex.IsMatch(
                    shown,
                    @"@\w|<[!?@/\w]|(?<!\\)[|`\[]|[\r\n\0]",
                    RegexOptions.None,
                    TimeSpan.FromSeconds(1)
                );
            })
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_cut_keeps_whole_characters_and_the_limit() =>
        Prop.ForAll<NonNull<string>, byte>(
                (text, limit) =>
                {
                    var cut = Words.Cut("🚀" + text.Get + "🚀", limit);

                    return Words.Runes(cut) <= limit && Encoding.UTF8.GetByteCount(cut) >= 0;
                }
            )
            .QuickCheckThrowOnFailure();
}
