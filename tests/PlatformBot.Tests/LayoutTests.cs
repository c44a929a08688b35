using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests;

public sealed class LayoutTests
{
    /// <summary>These put the adapters together; every other folder is an adapter and knows only the core.</summary>
    private static readonly string[] Composition = ["Hosting", "Verbs"];

    [Fact]
    public void An_adapter_knows_only_the_core()
    {
        var source = Path.Combine(Root(), "src", "PlatformBot");
        var adapters = Directory.GetDirectories(source).Select(folder => Path.GetFileName(folder)!).Except(Composition);

        var offences =
            from adapter in adapters
            from file in Directory.GetFiles(Path.Combine(source, adapter), "*.cs", SearchOption.AllDirectories)
            from Match use in Regex.Matches(
                File.ReadAllText(file),
                @"using PlatformBot\.(?<area>\w+)",
                RegexOptions.ExplicitCapture,
                TimeSpan.FromSeconds(1)
            )
            let other = use.Groups["area"].Value
            where other is not "Core" && other != adapter
            select $"{Path.GetRelativePath(source, file)} uses {other}";

        offences.ShouldBeEmpty();
    }

    [Fact]
    public void The_sandbox_knows_neither_the_core_nor_the_bot()
    {
        var files = Directory.GetFiles(
            Path.Combine(Root(), "src", "PlatformBot.Sandbox"),
            "*.cs*",
            SearchOption.AllDirectories
        );

        files
            .Where(file =>
                Regex.IsMatch(
                    File.ReadAllText(file),
                    @"PlatformBot\.Core|PlatformBot/PlatformBot",
                    RegexOptions.None,
                    TimeSpan.FromSeconds(1)
                )
            )
            .ShouldBeEmpty();
    }

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
