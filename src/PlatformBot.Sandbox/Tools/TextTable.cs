using System.Text;

namespace PlatformBot.Sandbox.Tools;

/// <summary>Columns as Go's tabwriter aligns them.</summary>
internal static class TextTable
{
    /// <param name="gap">blanks between columns</param>
    /// <param name="padLast">whether the last column is padded too</param>
    public static string Write(IReadOnlyList<IReadOnlyList<string>> rows, int gap = 3, bool padLast = false)
    {
        var widths = Enumerable
            .Range(0, rows.Max(row => row.Count))
            .Select(column => rows.Max(row => column < row.Count ? row[column].Length : 0))
            .ToList();
        var text = new StringBuilder();

        foreach (var row in rows)
        {
            for (var column = 0; column < row.Count; column++)
            {
                var isLast = column == row.Count - 1;
                text.Append(isLast && !padLast ? row[column] : row[column].PadRight(widths[column] + gap));
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
