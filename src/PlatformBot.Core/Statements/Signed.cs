using System.Text;

namespace PlatformBot.Core.Statements;

/// <summary>What somebody has signed with their SSH key, and the signature: enough to check it again at any time, without the bot.</summary>
/// <param name="Statement">the text, to the byte; a <see cref="CommandStatement"/> or a <see cref="VoteStatement"/></param>
/// <param name="Signature">as "ssh-keygen -Y sign" writes it: PEM-like armour, each line ended by a line feed</param>
public sealed record Signed(string Statement, string Signature)
{
    /// <summary>Of statement and signature each; an answer to the largest certificates is smaller.</summary>
    private const int Longest = 16 * 1024;

    private const string Begin = "-----BEGIN SSH SIGNATURE-----\n";
    private const string End = "-----END SSH SIGNATURE-----\n";

    /// <summary>Both as one text, for a file: the signature follows the statement.</summary>
    public string ToText() => $"{Statement}{Signature}";

    /// <summary>Takes a file apart; null when it does not hold one statement and one signature.</summary>
    public static Signed? Parse(string text)
    {
        var plain = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        var at = plain.IndexOf(Begin, StringComparison.Ordinal);
        return at > 0 ? Of(plain[..at], plain[at..]) : null;
    }

    /// <summary>Null when that cannot be a statement and a signature.</summary>
    public static Signed? Of(string statement, string signature)
    {
        var armour = $"{signature.Trim()}\n".Replace("\r\n", "\n", StringComparison.Ordinal);
        var isArmour =
            armour.StartsWith(Begin, StringComparison.Ordinal)
            && armour.EndsWith(End, StringComparison.Ordinal)
            && armour.All(char.IsAscii);
        return isArmour && statement.Length > 0 && Fits(statement) && Fits(armour) ? new(statement, armour) : null;
    }

    private static bool Fits(string text) => Encoding.UTF8.GetByteCount(text) <= Longest;
}
