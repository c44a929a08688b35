using System.Text.RegularExpressions;

namespace PlatformBot.Core.Checks;

/// <summary>What programs print for terminals, as text.</summary>
public static partial class TerminalText
{
    /// <summary>Without colours, cursor movements and other control characters: terminals are elsewhere.</summary>
    public static string Plain(string text) =>
        Control().Replace(text.Replace("\r\n", "\n", StringComparison.Ordinal), "");

    [GeneratedRegex(@"\x1B\[[0-9;?]*[A-Za-z]|\x1B\][^\x07]*\x07|[\x00-\x08\x0B-\x1F\x7F]", RegexOptions.None, 1000)]
    private static partial Regex Control();
}
