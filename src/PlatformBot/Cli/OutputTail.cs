using System.Text;

namespace PlatformBot.Cli;

/// <summary>The last 16 KiB of what a process printed, both streams as they came; whole lines are reported as progress.</summary>
internal sealed class OutputTail(Action<string>? progress)
{
    private const int Longest = 16 * 1024;

    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();

    public void Add(string text)
    {
        if (text.Length == 0)
            return;

        lock (_gate)
        {
            _text.Append(text.AsSpan(Math.Max(0, text.Length - Longest)));

            // Cutting now and then, not for every piece, keeps a flood cheap.
            if (_text.Length > 2 * Longest)
                _text.Remove(0, _text.Length - Longest);
        }

        Report(text);
    }

    public override string ToString()
    {
        lock (_gate)
        {
            if (_text.Length <= Longest)
                return _text.ToString();

            var tail = _text.ToString(_text.Length - Longest, Longest);
            return "…" + tail[(tail.IndexOf('\n', StringComparison.Ordinal) + 1)..];
        }
    }

    /// <summary>Of a piece with many lines only the last: progress is for people.</summary>
    private void Report(string text)
    {
        var trimmed = text.AsSpan().TrimEnd();

        if (progress is not null && trimmed.Length > 0)
            progress(trimmed[(trimmed.LastIndexOfAny('\n', '\r') + 1)..].ToString());
    }
}
