using System.Security.Cryptography;
using System.Text;

namespace PlatformBot.Core;

/// <summary>The digest that stands for something: SHA-256 in lower-case hex, 64 digits.</summary>
public static class Sha256
{
    /// <summary>Of a text's UTF-8.</summary>
    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Of all that is left to read.</summary>
    public static string Of(Stream bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
