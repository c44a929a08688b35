using System.Text;

namespace PlatformBot.Core.Checks;

/// <summary>
/// Redacts text that comes in pieces. Nothing leaves before its line is complete (or so long that its end cannot matter), because a
/// secret cut in half is no longer recognised. One per stream; not thread-safe.
/// </summary>
public sealed class StreamRedaction
{
    private const int LongestLine = 64 * 1024;
    private const int KeptOfLongLine = 4 * 1024;
    private const int LongestHeld = 32 * 1024;

    private readonly Redactor _redactor;
    private readonly StringBuilder _held = new();

    internal StreamRedaction(Redactor redactor) => _redactor = redactor;

    /// <summary>Takes a piece and gives what can be shown of all that came so far.</summary>
    public string Push(ReadOnlySpan<char> piece)
    {
        _held.Append(piece);

        // Inside a line there is nothing to decide.
        if (piece.IndexOf('\n') < 0 && _held.Length < LongestLine)
            return "";

        var text = _held.ToString();
        var cut = SafeCut(text);

        if (cut == 0)
            return _held.Length < LongestHeld ? "" : DropMiddle(text);

        _held.Clear().Append(text.AsSpan(cut));
        return _redactor.Redact(text[..cut]);
    }

    /// <summary>The rest, when nothing more will come.</summary>
    public string Finish()
    {
        var rest = _redactor.Redact(_held.ToString());
        _held.Clear();
        return rest;
    }

    private int SafeCut(string text)
    {
        var afterLine = text.LastIndexOf('\n') + 1;
        var cut = text.Length - afterLine < LongestLine ? afterLine : text.Length - KeptOfLongLine;
        cut -= _redactor.UnfinishedTail(text.AsSpan(0, cut));

        // Never through the middle of a secret, and not behind one that may still go on, such as a key whose end has not come yet.
        foreach (var (start, end) in _redactor.Find(text))
        {
            if (start < cut && (end > cut || end == text.Length))
                return start;
        }

        return cut;
    }

    /// <summary>One secret without an end: its beginning stays, so that what follows is still recognised; its middle goes.</summary>
    private string DropMiddle(string text)
    {
        _held.Clear().Append(text.AsSpan(0, KeptOfLongLine)).Append(text.AsSpan(text.Length - KeptOfLongLine));
        return "";
    }
}
