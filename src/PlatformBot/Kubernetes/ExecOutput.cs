using System.Text;

namespace PlatformBot.Kubernetes;

/// <summary>
/// What a command prints, however much it is: the beginning and the end, cut at line ends, so that no secret is shown by half of it.
/// </summary>
/// <param name="head">characters of the beginning</param>
/// <param name="tail">characters of the end</param>
internal sealed class ExecOutput(int head, int tail)
{
    private readonly StringBuilder _head = new();
    private readonly StringBuilder _tail = new();
    private long _dropped;

    /// <summary>True when something in the middle is missing.</summary>
    public bool IsCut => _dropped > 0;

    public void Add(string text)
    {
        var first = Math.Min(head - _head.Length, text.Length);
        _head.Append(text.AsSpan(0, first));
        _tail.Append(text.AsSpan(first));

        if (_tail.Length > 2 * tail)
            Drop();
    }

    public override string ToString()
    {
        if (_tail.Length > tail)
            Drop();

        if (!IsCut)
            return $"{_head}{_tail}";

        var (before, after) = (_head.ToString(), _tail.ToString());
        var end = before.LastIndexOf('\n') + 1;
        var start = after.IndexOf('\n', StringComparison.Ordinal) + 1;
        return $"{before[..end]}… {_dropped + before.Length - end + start} characters left out …\n{after[start..]}";
    }

    private void Drop()
    {
        _dropped += _tail.Length - tail;
        _tail.Remove(0, _tail.Length - tail);
    }
}
