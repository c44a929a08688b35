using System.Text;

namespace PlatformBot.Core.Runbooks;

/// <summary>
/// Takes chat text apart. Quotes keep words together ("two words" or 'two words'); inside double quotes \" and \\ stand for the
/// character. Nothing else means anything: no variables, no wildcards, no pipes.
/// </summary>
public static class CommandWords
{
    /// <summary>More than any chat server lets people type.</summary>
    private const int Longest = 65_536;

    public static Result<IReadOnlyList<string>> Split(string text)
    {
        if (text.Length > Longest)
            return new Refusal($"That is longer than {Longest} characters.", "Say it in fewer.");

        var words = new List<string>();
        var at = 0;

        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;

            if (at >= text.Length)
                return words;

            if (Word(text, ref at) is not { } word)
            {
                return new Refusal(
                    "A quote is opened and never closed.",
                    "Close it, or write \\\" inside double quotes."
                );
            }

            words.Add(word);
        }
    }

    /// <summary>Writes a word so that <see cref="Split"/> gives it back unchanged.</summary>
    public static string Quote(string word) =>
        $"\"{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>Chat clients on phones turn straight quotes into these.</summary>
    private static readonly Dictionary<char, char> Closing = new()
    {
        ['"'] = '"',
        ['\''] = '\'',
        ['\u201C'] = '\u201D',
        ['\u2018'] = '\u2019',
    };

    private static string? Word(string text, ref int at)
    {
        var word = new StringBuilder();

        while (at < text.Length && !char.IsWhiteSpace(text[at]))
        {
            if (!Closing.TryGetValue(text[at], out var close) || (word.Length > 0 && word[^1] != '='))
                word.Append(text[at++]);
            else if (!TakeQuoted(text, ref at, close, word))
                return null;
        }

        return word.ToString();
    }

    private static bool TakeQuoted(string text, ref int at, char close, StringBuilder word)
    {
        for (at++; at < text.Length; at++)
        {
            if (text[at] == close)
            {
                at++;
                return true;
            }

            if (close == '"' && text[at] == '\\' && at + 1 < text.Length && text[at + 1] is '"' or '\\')
                at++;

            word.Append(text[at]);
        }

        return false;
    }
}
