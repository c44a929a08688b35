using System.CommandLine;

namespace PlatformBot.Verbs;

/// <summary><c>--output</c> of every verb whose answer programs may read, too.</summary>
internal static class OutputOption
{
    public const string Json = "json";

    /// <param name="line">what a line of JSON is: "one object"</param>
    public static Option<string> Make(string line) =>
        new Option<string>("--output")
        {
            Description = $"text, or json: {line} a line",
            DefaultValueFactory = _ => "text",
        }.AcceptOnlyFromAmong("text", Json);
}
