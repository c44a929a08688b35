using System.CommandLine;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using PlatformBot.Verbs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Verbs;

public sealed class ValidateVerbTests
{
    [Fact]
    public void The_shipped_catalogue_is_valid_and_the_verb_says_how_large_it_is()
    {
        var (exit, printed) = Invoke(ValidateVerb.Make(), Path.Combine(Root(), "commands"));

        exit.ShouldBe(0);
        printed.ShouldStartWith("No problems: ");
    }

    [Fact]
    public async Task It_finds_the_runbooks_from_anywhere_in_the_checkout()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "platformbot"), ["validate"])
        {
            WorkingDirectory = Path.Combine(Root(), "src", "PlatformBot"),
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
#pragma warning disable RS0030 // The bot's own runner is no part of what is tried here.
        using var program = Process.Start(start)!;
#pragma warning restore RS0030
        var printed = await program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        printed.ShouldStartWith("No problems: ");
    }

    [Fact]
    public void Problems_are_printed_and_counted_and_end_with_1()
    {
        var folder = Directory.CreateTempSubdirectory("catalogue-").FullName;
        File.WriteAllText(Path.Combine(folder, "inventory.yaml"), "clutsers: {}");
        var name = Path.GetFileName(folder);

        Invoke(ValidateVerb.Make(), folder)
            .ShouldBe(
                (
                    1,
                    $"{name}/inventory.yaml:1:1: 'clutsers' is not a field of the inventory. Did you mean 'clusters'?\n"
                        + $"{name}/inventory.yaml:1:1: The field 'clusters' of the inventory is missing. Clusters by name.\n"
                        + "2 problems\n"
                )
            );

        Invoke(ValidateVerb.Make(), folder, "--output", "json")
            .Printed.Split('\n')[0]
            .ShouldBe(
                $$"""{"file":"{{name}}/inventory.yaml","line":1,"column":1,"what":"'clutsers' is not a field of the inventory.","cure":"Did you mean 'clusters'?"}"""
            );
    }

    [Fact]
    public void The_schema_is_printed_as_it_is_shipped() =>
        Invoke(SchemaVerb.Make()).ShouldBe((0, File.ReadAllText(Path.Combine(Root(), "commands", "schema.json"))));

    private static (int Exit, string Printed) Invoke(Command verb, params string[] arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var exit = verb.Parse(arguments).Invoke(new InvocationConfiguration { Output = output });
        return (exit, output.ToString());
    }

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
