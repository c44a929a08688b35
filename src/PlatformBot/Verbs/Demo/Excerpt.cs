namespace PlatformBot.Verbs.Demo;

/// <summary>Long posts and issues for a transcript: the beginning of each part, and how much more there is.</summary>
internal static class Excerpt
{
    private const int MostCode = 12;
    private const int MostLines = 42;

    public static string Of(string markdown)
    {
        var lines = WithShortCode(markdown.TrimEnd().Split('\n')).ToList();
        return lines.Count <= MostLines
            ? string.Join('\n', lines)
            : $"{string.Join('\n', lines.Take(MostLines))}\n\n{More(lines.Count - MostLines)}";
    }

    private static string More(int lines) => $"… {lines} more {(lines == 1 ? "line" : "lines")} there";

    private static IEnumerable<string> WithShortCode(string[] lines)
    {
        var inside = -1;

        foreach (var line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                if (inside > MostCode)
                    yield return More(inside - MostCode);

                inside = inside < 0 ? 0 : -1;
                yield return line;
            }
            else if (inside < 0 || inside++ < MostCode)
            {
                yield return line;
            }
        }
    }
}
