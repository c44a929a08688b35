namespace PlatformBot.Verbs.Demo;

/// <summary>A run's live card in one line: the phase that each cluster is in; the whole table when all of it is done.</summary>
/// <param name="Bars">changes when a mark or a bar does, not with every step</param>
internal sealed record CardProgress(string Text, string Bars)
{
    private const int Name = 20;
    private const int Bar = 14;
    private const string Complete = ":white_check_mark:";

    /// <summary>null when the post is no card.</summary>
    public static CardProgress? Of(SeenPost post)
    {
        var rows = post.Message.Split('\n').Where(line => line.StartsWith('|')).ToList();

        if (
            !post.Message.StartsWith("#### ", StringComparison.Ordinal)
            || rows is not [var head, _, .. var phases]
            || !head.StartsWith("| phase |", StringComparison.Ordinal)
        )
        {
            return null;
        }

        var names = Cells(head);
        var cells = phases.Select(Cells).ToList();
        var parts = names.Skip(1).Select((cluster, at) => Part(cluster, cells, at + 1)).OfType<string>().ToList();
        var text =
            parts.Count == 0 ? string.Join('\n', rows) : string.Join("  ", parts.Distinct(StringComparer.Ordinal));
        return new CardProgress(text, string.Concat(text.Where(letter => !char.IsAsciiDigit(letter))));
    }

    /// <summary>The first phase of a cluster that is not complete; null when all are. A phase for all clusters stands without a name.</summary>
    private static string? Part(string cluster, List<string[]> rows, int column)
    {
        if (rows.FirstOrDefault(row => !row[column].StartsWith(Complete, StringComparison.Ordinal)) is not { } row)
            return null;

        var isShared = row.Length > 2 && row.Skip(1).Distinct(StringComparer.Ordinal).Count() == 1;
        var where = isShared ? row[0] : $"**{cluster}** {row[0].Trim('*')}";
        return row[column].Split(' ', 2) is [var mark, var bar]
            ? $"{mark} {where.PadRight(Name)} {bar.PadRight(Bar)}"
            : null;
    }

    private static string[] Cells(string row) => [.. row.Trim('|').Split('|').Select(cell => cell.Trim())];
}
