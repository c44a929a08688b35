using System.CommandLine;
using PlatformBot.Core;

namespace PlatformBot.Verbs;

/// <summary>Verbs that stand in the middle of a <c>pipe:</c> step: standard input to standard output, a refusal to standard error.</summary>
internal static class Filter
{
    /// <summary>Characters. An item or a bundle has a few thousand.</summary>
    private const int Limit = 1 << 20;

    public static int Print(ParseResult parsed, Result<string> answer)
    {
        var streams = parsed.InvocationConfiguration;

        if (answer.Ok(out var text, out var refusal))
        {
            streams.Output.WriteLine(text);
            return 0;
        }

        streams.Error.WriteLine($"error: {refusal.Reason}; {refusal.Hint}");
        return 1;
    }

    /// <summary>All of it; what is longer than the limit is cut, and then is no item and no bundle.</summary>
    public static string Read(TextReader input)
    {
        var buffer = new char[Limit];
        return new string(buffer, 0, input.ReadBlock(buffer, 0, Limit));
    }

    public static Option<string> Title() =>
        new("--title") { Description = "the item's title in the vault", Required = true };
}
