using System.Security.Cryptography;
using System.Text;

namespace PlatformBot.Core;

/// <summary>The digest that stands for a text.</summary>
public static class Sha256
{
    /// <summary>Of its UTF-8, in lower-case hex: 64 digits.</summary>
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
