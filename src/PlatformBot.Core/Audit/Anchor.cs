using System.Globalization;

namespace PlatformBot.Core.Audit;

/// <summary>An outside copy of a place in the journal: what was posted, or what somebody wrote down.</summary>
/// <param name="Run">whose chain it is; null for the journal's own hash</param>
/// <param name="Number">of the entry</param>
/// <param name="Value">of the journal: the entry's hash; of a run: the chain over the run's entries up to it. Lower-case hex</param>
public readonly record struct Anchor(long? Run, long Number, string Value)
{
    private const int Digits = 64;

    /// <summary>"812:9f86d0…", and of run 42 "42/812:9f86d0…"</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Run is { } run ? $"{run}/" : "")}{Number}:{Value}");

    /// <summary>Null when the text is not one as it is posted.</summary>
    public static Anchor? Parse(string text)
    {
        if (text.Split(':') is not [var place, { Length: Digits } value] || !value.All(char.IsAsciiHexDigitLower))
            return null;

        return place.Split('/') switch
        {
            [var number] when Whole(number) is { } entry => new Anchor(null, entry, value),
            [var run, var number] when Whole(run) is { } its && Whole(number) is { } entry => new Anchor(
                its,
                entry,
                value
            ),
            _ => null,
        };
    }

    private static long? Whole(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
