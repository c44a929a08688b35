using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests;

/// <summary>A page that says which test proves something must name tests that there are.</summary>
public sealed partial class NamedTestsTests
{
    [Theory]
    [InlineData("security.md")]
    [InlineData("durability.md")]
    public void Every_test_that_a_page_names_is_there(string page)
    {
        var named = TestName().Matches(File.ReadAllText(Path.Combine(Root(), "docs", page)));
        var there = Directory
            .GetFiles(Path.Combine(Root(), "tests"), "*.cs", SearchOption.AllDirectories)
            .GroupBy(file => Path.GetFileName(file).Split('.')[0], StringComparer.Ordinal)
            .ToDictionary(
                files => files.Key,
                files => string.Concat(files.Select(File.ReadAllText)),
                StringComparer.Ordinal
            );

        named.Count.ShouldBeGreaterThan(10);
        named
            .Where(name =>
                !there.TryGetValue(name.Groups["class"].Value, out var text)
                || !text.Contains(name.Groups["method"].Value, StringComparison.Ordinal)
            )
            .Select(name => name.Value)
            .ShouldBeEmpty();
    }

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    [GeneratedRegex(@"`(?<class>[A-Z]\w+Tests)(\.(?<method>\w+))?`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestName();
}
