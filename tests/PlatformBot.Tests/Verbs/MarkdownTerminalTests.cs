using PlatformBot.Verbs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Verbs;

/// <summary>Chat Markdown, as a terminal shows it.</summary>
public sealed class MarkdownTerminalTests
{
    [Theory]
    [InlineData(":lock: **infra** needs `1 approval`", "🔒 infra needs 1 approval")]
    [InlineData("#### :x: Run #42 · failed", "❌ Run #42 · failed")]
    [InlineData("[issue #7](https://tracker.test/7) is closed", "issue #7 is closed")]
    [InlineData(@"a \*star\* and :no_such_emoji:", "a *star* and :no_such_emoji:")]
    [InlineData("> asked by a person", "┃ asked by a person")]
    public void Markup_becomes_what_it_means(string markdown, string shown) => Shown(markdown).ShouldBe([shown]);

    [Fact]
    public void With_colour_bold_and_code_stay_to_be_seen() =>
        MarkdownTerminal
            .Lines("**infra** runs `talosctl`", 80, colour: true)
            .ShouldBe(["\e[1minfra\e[22m runs \e[36mtalosctl\e[39m"]);

    [Fact]
    public void A_table_has_columns_as_wide_as_what_is_in_them() =>
        Shown("| phase | infra | apps |\n|---|---|---|\n| **mesh** | :white_check_mark: 5/5 | :lock: 0/5 |")
            .ShouldBe(["phase  infra   apps", "mesh   ✅ 5/5  🔒 0/5"]);

    [Fact]
    public void In_a_narrow_terminal_the_widest_column_of_a_table_gives_way() =>
        Shown("| run | what |\n|---|---|\n| #1 | one two three four five six |", width: 24)
            .ShouldBe(["run  what", "#1   one two three four", "     five six"]);

    [Fact]
    public void A_bar_in_a_cell_is_no_border() =>
        Shown("| a | b |\n|---|---|\n| x \\| y | z |").ShouldBe(["a      b", "x | y  z"]);

    [Fact]
    public void Code_is_marked_and_continued_where_it_is_too_long() =>
        Shown("```\ntalosctl bootstrap --nodes 10.25.11.11\n```", width: 30)
            .ShouldBe(["│ talosctl bootstrap --nodes", "│     10.25.11.11"]);

    [Fact]
    public void In_a_list_the_second_line_hangs_under_the_first() =>
        Shown("- one two three four five", width: 16).ShouldBe(["- one two three", "  four five"]);

    [Fact]
    public void Empty_lines_and_what_only_machines_read_are_left_out() =>
        Shown("<!-- fingerprint -->\none\n\n\n\ntwo\n\n").ShouldBe(["one", "", "two"]);

    [Fact]
    public void No_line_is_wider_than_the_terminal_whatever_is_said()
    {
        var said = $"{new string('x', 300)} and {string.Join(' ', Enumerable.Repeat("word", 100))}";

        Shown(said, width: 40).ShouldAllBe(line => MarkdownTerminal.Width(line) <= 40);
    }

    private static List<string> Shown(string markdown, int width = 80) =>
        [.. MarkdownTerminal.Lines(markdown, width, colour: false)];
}
