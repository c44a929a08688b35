namespace PlatformBot.Core.Runbooks;

/// <summary>"Did you mean": the nearest of the words that are allowed.</summary>
public static class Suggestion
{
    /// <summary>Longer words are not compared: nobody mistypes them, somebody tries what happens.</summary>
    private const int LongestWord = 64;

    /// <summary>The nearest option, at most a third of the word's letters away (and never more than 3); null when none is.</summary>
    public static string? For(string word, IEnumerable<string> options)
    {
        if (word.Length is 0 or > LongestWord)
            return null;

        var near = Math.Clamp(word.Length / 3, 1, 3);

        return options
            .Where(option => option.Length <= LongestWord && Math.Abs(option.Length - word.Length) <= near)
            .Select(option => (option, distance: Distance(word.ToLowerInvariant(), option.ToLowerInvariant())))
            .Where(pair => pair.distance <= near)
            .OrderBy(pair => pair.distance)
            .ThenBy(pair => pair.option, StringComparer.Ordinal)
            .Select(pair => pair.option)
            .FirstOrDefault();
    }

    /// <summary>"Did you mean 'x'?", or else the list of what is allowed.</summary>
    internal static string Cure(string word, IReadOnlyCollection<string> options) =>
        (For(word, options), options.Count) switch
        {
            ({ } near, _) => $"Did you mean '{near}'?",
            (_, 0) => "",
            (_, <= 30) => $"Allowed: {string.Join(", ", options)}.",
            _ => "",
        };

    /// <summary>Damerau-Levenshtein: letters added, left out, replaced, or two neighbours swapped.</summary>
    internal static int Distance(string left, string right)
    {
        int[][] rows = [.. Enumerable.Range(0, left.Length + 1).Select(_ => new int[right.Length + 1])];

        for (var i = 0; i <= left.Length; i++)
            rows[i][0] = i;

        for (var j = 0; j <= right.Length; j++)
            rows[0][j] = j;

        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
                rows[i][j] = Cheapest(left, right, rows, i, j);
        }

        return rows[left.Length][right.Length];
    }

    private static int Cheapest(string left, string right, int[][] rows, int i, int j)
    {
        var replaced = rows[i - 1][j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
        var cheapest = Math.Min(replaced, Math.Min(rows[i - 1][j], rows[i][j - 1]) + 1);
        var swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
        return swapped ? Math.Min(cheapest, rows[i - 2][j - 2] + 1) : cheapest;
    }
}
