using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using PlatformBot.Core.Runbooks;

namespace PlatformBot.Verbs;

/// <summary><c>platformbot validate [dir]</c>: prints every mistake in a catalogue; exits with 0 when there is none.</summary>
internal static class ValidateVerb
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Make()
    {
        var folder = new Argument<string>("dir")
        {
            Description = "the folder with runbooks and inventory",
            DefaultValueFactory = _ => "commands",
        };

        var output = OutputOption.Make("one problem");

        var verb = new Command("validate", "Check runbooks, inventory and tools; print every mistake at once")
        {
            folder,
            output,
        };

        verb.SetAction(parsed =>
            Run(parsed.GetRequiredValue(folder), parsed.GetRequiredValue(output), parsed.InvocationConfiguration.Output)
        );

        return verb;
    }

    private static int Run(string folder, string output, TextWriter to)
    {
        var (catalogue, problems) = Catalogue.Read(Found(folder));

        foreach (var problem in problems)
            to.WriteLine(output == OutputOption.Json ? JsonSerializer.Serialize(problem, Json) : problem.ToString());

        if (output != OutputOption.Json)
            to.WriteLine(catalogue is null ? Count(problems.Count, "problem") : Summary(catalogue));

        return catalogue is null ? 1 : 0;
    }

    /// <summary><c>dotnet run</c> starts in the project's folder: what is not there may lie beside the runbooks.</summary>
    private static string Found(string folder) =>
        !Directory.Exists(folder) && Roots.Find() is { } root ? Path.Combine(root, folder) : folder;

    private static string Summary(Catalogue catalogue)
    {
        var inventory = catalogue.Inventory;
        var clusters = $"{Count(inventory.Clusters.Count, "cluster")} with {Count(inventory.Nodes.Count(), "node")}";
        return $"No problems: {Count(catalogue.Runbooks.Count, "runbook")}, {clusters}, {Count(catalogue.Tools.Names.Count, "tool")}.";
    }

    private static string Count(int number, string word) => $"{number} {word}{(number == 1 ? "" : "s")}";
}
