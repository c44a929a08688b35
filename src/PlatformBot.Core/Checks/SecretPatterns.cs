using System.Buffers;
using System.Text.RegularExpressions;

namespace PlatformBot.Core.Checks;

/// <summary>What gives itself away as a secret, known or not.</summary>
internal static partial class SecretPatterns
{
    private const int Patience = 1000;

    /// <summary>Text without any of these has none of the patterns: one fast pass decides that for nearly all output.</summary>
    private static readonly SearchValues<string> Hints = SearchValues.Create(
        [
            "PRIVATE KEY-----",
            "LS0tLS1CRUdJTi",
            "key-data",
            "secret",
            "Bearer",
            "Authorization",
            "ghp_",
            "gho_",
            "ghu_",
            "ghs_",
            "ghr_",
            "github_pat_",
            "glpat-",
            "ops_",
            "eyJ",
            "AGE-SECRET-KEY-",
            "token",
            "password",
            "://",
        ],
        StringComparison.OrdinalIgnoreCase
    );

    private static readonly Regex[] All = [PrivateKey(), EncodedKey(), Field(), Header(), Token(), UserInfo()];

    public static void Find(string text, List<(int Start, int End)> found)
    {
        if (!text.AsSpan().ContainsAny(Hints))
            return;

        try
        {
            foreach (var pattern in All)
                Find(pattern, text, found);
        }
        catch (RegexMatchTimeoutException)
        {
            // Text that cannot be judged in time is not shown.
            found.Add((0, text.Length));
        }
    }

    private static void Find(Regex pattern, string text, List<(int Start, int End)> found)
    {
        for (var match = pattern.Match(text); match.Success; match = match.NextMatch())
        {
            var secret = match.Groups["secret"];
            found.Add((secret.Index, secret.Index + secret.Length));
        }
    }

    /// <summary>PEM of any private key; without its end as far as there is text.</summary>
    [GeneratedRegex(
        @"(?<secret>-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|\z))",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        Patience
    )]
    private static partial Regex PrivateKey();

    /// <summary>PEM in base64, except certificates: Talos and Kubernetes configurations hold keys like that.</summary>
    [GeneratedRegex(
        "(?<secret>LS0tLS1CRUdJTi(?!BDRVJUSUZJQ0FURS0)[A-Za-z0-9+/=]+)",
        RegexOptions.ExplicitCapture,
        Patience
    )]
    private static partial Regex EncodedKey();

    /// <summary>The value of a field that says what it is.</summary>
    [GeneratedRegex(
        @"(client-key-data|token|password|client[-_]secret|secret[-_]key)""?\s{0,3}[:=]\s{0,3}""?(?<secret>[^\s"",}]{6,})",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        Patience
    )]
    private static partial Regex Field();

    [GeneratedRegex(
        @"\b(Bearer|Authorization:\s?Basic)\s{1,3}(?<secret>[A-Za-z0-9._~+/=-]{16,})",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        Patience
    )]
    private static partial Regex Header();

    /// <summary>GitHub, GitLab, 1Password service accounts, age, JSON web tokens.</summary>
    [GeneratedRegex(
        @"\b(?<secret>gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_.-]{16,}|ops_[A-Za-z0-9_=-]{20,}|AGE-SECRET-KEY-[A-Z0-9]{20,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)?)",
        RegexOptions.ExplicitCapture,
        Patience
    )]
    private static partial Regex Token();

    /// <summary>https://user:password@host</summary>
    [GeneratedRegex(@"://[^\s/:@]{1,100}:(?<secret>[^\s/@]+)@", RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex UserInfo();
}
