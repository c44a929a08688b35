using System.Globalization;
using System.Text.RegularExpressions;

namespace PlatformBot.Upgrades;

/// <summary>A release, as software that counts compatibility in minors names it: 1.11.2.</summary>
internal sealed partial record Release(int Major, int Minor, int Patch)
{
    /// <summary>The first release in a text: "v1.34.1", "Talos (v1.11.2)"; null when there is none.</summary>
    public static Release? In(string text)
    {
        var found = Pattern().Match(text);
        return found.Success ? new Release(Part(found, "major"), Part(found, "minor"), Part(found, "patch")) : null;
    }

    public bool IsNewerThan(Release other) =>
        (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch)) > 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");

    private static int Part(Match found, string group) =>
        int.Parse(found.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        "(?<![0-9.])(?<major>[0-9]{1,4})\\.(?<minor>[0-9]{1,4})\\.(?<patch>[0-9]{1,4})(?!\\.?[0-9])",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Pattern();
}
