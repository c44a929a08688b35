using System.Globalization;
using System.Text;

namespace PlatformBot.Core.Planning;

/// <summary>
/// Names that look like others: letters of another alphabet, a zero for an O. Who approves "infra" must not be shown something
/// that only reads so. A small table for Latin, Greek and Cyrillic letters, not all of Unicode's.
/// </summary>
internal static class Lookalikes
{
    /// <summary>Latin letters and digits, each with what looks like it.</summary>
    // csharpier-ignore - one row per letter
    private static readonly (char Latin, string Like)[] Table =
    [
        ('a', "аαɑ"), ('b', "ЬВΒвƅ"), ('c', "сϲС"), ('d', "ԁɗ"), ('e', "еЕΕεє"), ('f', "ſϝ"), ('g', "ɡԍ"), ('h', "һНΗн"),
        ('i', "іІιɩı"), ('j', "јϳЈ"), ('k', "кКκΚ"), ('l', "ӏ1|IΙІLⅼ"), ('m', "мМΜ"), ('n', "ոռΝпη"), ('o', "оОοΟ0σօ"),
        ('p', "рРρΡ"), ('q', "ԛգ"), ('r', "гᴦ"), ('s', "ѕЅ"), ('t', "тТτΤ"), ('u', "υսц"), ('v', "νѵΝ"), ('w', "ԝѡω"),
        ('x', "хХχΧ"), ('y', "уУγΥү"), ('z', "ᴢΖ"),
    ];

    private static readonly Dictionary<int, char> LatinOf = Table
        .SelectMany(row => row.Like.EnumerateRunes().Select(like => (like.Value, row.Latin)))
        .DistinctBy(pair => pair.Value)
        .ToDictionary(pair => pair.Value, pair => pair.Latin);

    /// <summary>What is odd about the words of a text, a sentence each; none when nothing is.</summary>
    /// <param name="known">the names that it must not be mistaken for</param>
    public static IEnumerable<string> In(string text, IReadOnlyCollection<string> known) =>
        WordsOf(text).Distinct(StringComparer.Ordinal).Select(word => About(word, known)).OfType<string>();

    private static string? About(string word, IReadOnlyCollection<string> known)
    {
        if (known.Contains(word))
            return null;

        if (known.FirstOrDefault(name => Skeleton(name) == Skeleton(word)) is { } meant)
            return $"{word} is not {meant}: {Difference(word, meant)}";

        return Foreign(word) is { } at
            ? $"{word} mixes alphabets: its {Ordinal(at.Position)} letter is U+{at.Letter.Value:X4}"
            : null;
    }

    private static string Difference(string word, string meant)
    {
        var (mine, its) = (Letters(word), Letters(meant));
        var at = Enumerable.Range(0, mine.Count).FirstOrDefault(at => at >= its.Count || mine[at] != its[at]);
        return $"its {Ordinal(at + 1)} letter is U+{mine[at].Value:X4}";
    }

    /// <summary>The first letter of the smaller of the two alphabets that the word mixes; null when it is of one.</summary>
    private static (int Position, Rune Letter)? Foreign(string word)
    {
        var letters = Letters(word).Select((letter, at) => (Position: at + 1, Letter: letter)).ToList();
        var scripts = letters
            .Where(each => Rune.IsLetter(each.Letter))
            .GroupBy(each => ScriptOf(each.Letter))
            .OrderBy(script => script.Count())
            .ThenByDescending(script => script.Key)
            .ToList();

        return scripts.Count > 1 ? scripts[0].First() : null;
    }

    private enum Script
    {
        Latin,
        Greek,
        Cyrillic,
        Other,
    }

    private static Script ScriptOf(Rune letter) =>
        letter.Value switch
        {
            < 0x0370 or (>= 0x1D00 and < 0x1F00) or (>= 0xFF00 and < 0xFF60) => Script.Latin,
            < 0x0400 => Script.Greek,
            < 0x0530 => Script.Cyrillic,
            _ => Script.Other,
        };

    /// <summary>The same for all names that look the same.</summary>
    private static string Skeleton(string name)
    {
        var text = new StringBuilder(name.Length);

        foreach (var letter in Letters(name).Select(Narrow))
        {
            if (LatinOf.TryGetValue(letter.Value, out var latin))
                text.Append(latin);
            else if (Rune.GetUnicodeCategory(letter) is not (UnicodeCategory.Format or UnicodeCategory.NonSpacingMark))
                text.Append(Rune.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    /// <summary>The letter itself in place of its wide form.</summary>
    private static Rune Narrow(Rune letter) =>
        letter.Value is >= 0xFF01 and <= 0xFF5E ? new Rune(letter.Value - 0xFEE0) : letter;

    private static List<Rune> Letters(string word) => [.. word.EnumerateRunes()];

    /// <summary>Names have letters, digits, dashes and whatever hides in them; anything else stands between two.</summary>
    private static IEnumerable<string> WordsOf(string text)
    {
        var word = new StringBuilder();

        foreach (var letter in text.EnumerateRunes())
        {
            if (Belongs(letter))
            {
                word.Append(letter);
                continue;
            }

            if (word.Length > 0)
                yield return word.ToString();

            word.Clear();
        }

        if (word.Length > 0)
            yield return word.ToString();
    }

    private static bool Belongs(Rune letter) =>
        Rune.IsLetterOrDigit(letter)
        || letter.Value is '-' or '_' or '|'
        || Rune.GetUnicodeCategory(letter) is UnicodeCategory.Format or UnicodeCategory.NonSpacingMark;

    private static string Ordinal(int number) =>
        (number % 100, number % 10) switch
        {
            (11 or 12 or 13, _) => $"{number}th",
            (_, 1) => $"{number}st",
            (_, 2) => $"{number}nd",
            (_, 3) => $"{number}rd",
            _ => $"{number}th",
        };
}
