using System.Globalization;
using PlatformBot.Core.Chat;

namespace PlatformBot.Core.Statements;

/// <summary>
/// Text that people read before they sign it: a title, then one field a line, "name: value". There is exactly one way to write it, and
/// nothing in it is invisible or moves other letters about: what is seen is what is signed.
/// </summary>
internal static class StatementText
{
    public static string Write(string title, IReadOnlyList<(string Name, string Value)> fields) =>
        $"{title}\n{string.Concat(fields.Select(field => $"{field.Name}: {field.Value}\n"))}";

    /// <summary>The values, in order; null when the text is not this title and these fields, each on its line.</summary>
    public static IReadOnlyList<string>? Read(string text, string title, IReadOnlyList<string> names)
    {
        var lines = text.Split('\n');

        if (lines.Length != names.Count + 2 || lines[0] != title || lines[^1].Length > 0)
            return null;

        var values = new List<string>(names.Count);

        foreach (var (name, line) in names.Zip(lines.Skip(1)))
        {
            if (!line.StartsWith($"{name}: ", StringComparison.Ordinal) || !IsPlain(line))
                return null;

            values.Add(line[(name.Length + 2)..]);
        }

        return values;
    }

    /// <summary>One line, in which nothing is invisible, moves other letters about, or is half a letter.</summary>
    public static bool IsPlain(string value) =>
        Markdown.Visible(value) == value
        && !value.EnumerateRunes().Any(rune => rune.Value is '\0' or '\n' or '\t' or 0xFFFD);

    /// <summary>Exactly as <see cref="Time(DateTimeOffset)"/> writes it.</summary>
    public static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParseExact(
            text,
            "O",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
        && Time(time) == text
            ? time
            : null;

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>A digest: 64 hex digits.</summary>
    public static bool IsDigest(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}
