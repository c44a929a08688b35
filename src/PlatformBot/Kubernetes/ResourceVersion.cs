namespace PlatformBot.Kubernetes;

/// <summary>
/// A resource version: a place in one cluster's history. Servers promise nothing about the text but that it can be handed back, except that
/// versions of one kind can be compared as whole numbers (KEP-5504); whatever is not a number is taken for newer.
/// </summary>
internal static class ResourceVersion
{
    public static bool IsAtLeast(string? one, string? other)
    {
        if (string.IsNullOrEmpty(other))
            return true;

        return !IsNumber(one)
            || !IsNumber(other)
            || one!.Length > other.Length
            || (one.Length == other.Length && string.CompareOrdinal(one, other) >= 0);
    }

    private static bool IsNumber(string? text) =>
        text is { Length: > 0 and < 40 } && text[0] is not '0' && text.All(char.IsAsciiDigit);
}
