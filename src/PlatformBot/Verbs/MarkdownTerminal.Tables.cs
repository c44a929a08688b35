using System.Text.RegularExpressions;

namespace PlatformBot.Verbs;

/// <summary>Tables: columns as wide as what is in them, the widest gives way where the terminal is narrow.</summary>
internal static partial class MarkdownTerminal
{
    private const int Gap = 2;

    /// <summary>The table that begins here; moves to its last line.</summary>
    private static List<string> Rows(List<string> lines, ref int at)
    {
        var rows = lines.Skip(at).TakeWhile(line => line.StartsWith('|')).ToList();
        at += rows.Count - 1;
        return rows;
    }

    private static IEnumerable<string> Table(List<string> rows, int width, bool colour)
    {
        var cells = rows.Where(row =>
                !row.Replace("|", "", StringComparison.Ordinal).Trim().All(letter => letter is '-' or ':' or ' ')
            )
            .Select(row => Cells(row))
            .ToList();
        var columns = cells.Max(row => row.Count);
        var widths = Enumerable
            .Range(0, columns)
            .Select(column => cells.Max(row => column < row.Count ? Width(Bare(row[column])) : 0))
            .ToArray();

        Squeeze(widths, width - Gap * (columns - 1));

        foreach (var line in cells.SelectMany(row => Row(row, widths)))
            yield return Styled(line, colour);
    }

    /// <summary>Takes from the widest column what the table is too wide.</summary>
    private static void Squeeze(int[] widths, int most)
    {
        const int Narrowest = 16;
        var widest = Array.IndexOf(widths, widths.Max());
        widths[widest] = Math.Max(
            Math.Min(Narrowest, widths[widest]),
            widths[widest] - Math.Max(0, widths.Sum() - most)
        );
    }

    /// <summary>One row, of several lines where a cell is too long for its column.</summary>
    private static IEnumerable<string> Row(List<string> row, int[] widths)
    {
        var cells = row.Select((cell, column) => Wrapped(cell, widths[column], 0).ToList()).ToList();

        for (var line = 0; line < cells.Max(cell => cell.Count); line++)
        {
            var parts = cells.Select(
                (cell, column) =>
                    line < cell.Count
                        ? cell[line] + new string(' ', Math.Max(0, widths[column] - Width(Bare(cell[line]))))
                        : new string(' ', widths[column])
            );
            yield return string.Join(new string(' ', Gap), parts).TrimEnd();
        }
    }

    private static List<string> Cells(string row) =>
        [
            .. CellBorder()
                .Split(row.Trim().Trim('|'))
                .Select(cell => Plain(cell.Trim().Replace("\\|", "|", StringComparison.Ordinal))),
        ];

    [GeneratedRegex(@"(?<!\\)\|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CellBorder();
}
