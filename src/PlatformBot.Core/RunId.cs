namespace PlatformBot.Core;

/// <summary>The number of a run, written #42.</summary>
public readonly record struct RunId(long Number)
{
    public override string ToString() => $"#{Number}";

    /// <summary>Reads "42" or "#42".</summary>
    public static RunId? Parse(string text) =>
        long.TryParse(
            text.StartsWith('#') ? text[1..] : text,
            System.Globalization.NumberStyles.None,
            null,
            out var number
        )
        && number > 0
            ? new RunId(number)
            : null;
}
