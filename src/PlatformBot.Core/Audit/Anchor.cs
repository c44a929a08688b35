using System.Globalization;

namespace PlatformBot.Core.Audit;

/// <summary>An outside copy of a place in the journal: what was posted, or what somebody wrote down.</summary>
/// <param name="Number">of the entry</param>
/// <param name="Value">the entry's hash, or the chain of an export that ends with it; lower-case hex</param>
public readonly record struct Anchor(long Number, string Value)
{
    private const int Digits = 64;

    /// <summary>"812:9f86d0…"</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}:{Value}");

    /// <summary>Null when the text is not one as it is posted.</summary>
    public static Anchor? Parse(string text) =>
        text.Split(':') is [var number, { Length: Digits } value]
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var entry)
        && value.All(char.IsAsciiHexDigitLower)
            ? new Anchor(entry, value)
            : null;
}
