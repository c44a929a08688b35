using System.Globalization;
using System.Text;

namespace PlatformBot.Core.Checks;

/// <summary>Reads the text of a <see cref="JsonPath"/>, one character after the other.</summary>
internal sealed class JsonPathReader
{
    private const int LongestPath = 1000;

    private readonly string _text;
    private readonly int _end;
    private int _at;

    public JsonPathReader(string text)
    {
        var braces = text.Length >= 2 && text[0] == '{' && text[^1] == '}';
        _text = text;
        _at = braces ? 1 : 0;
        _end = braces ? text.Length - 1 : text.Length;
    }

    public Result<IReadOnlyList<JsonPathSegment>> Read()
    {
        if (_text.Length > LongestPath)
        {
            return new Refusal(
                $"A path has at most {LongestPath} characters.",
                "Select less, and check it in several steps."
            );
        }

        Skip('$');
        // kubectl takes "status.phase" as well as ".status.phase".
        var segments = _at < _end && Current is not ('.' or '[') ? ReadName() : new SegmentsOrProblem([], null);

        if (segments.Problem is null)
            segments = ReadSegments(segments.Segments, nested: false);

        return segments.Problem is { } problem
            ? new Refusal($"{problem} (character {_at + 1})", "Correct the path: it is a JSONPath as kubectl takes it.")
            : AsResult(segments);
    }

    private static Result<IReadOnlyList<JsonPathSegment>> AsResult(SegmentsOrProblem read) => read.Segments.ToList();

    /// <summary>Reads until the end, or in a filter until something that is not part of a path.</summary>
    private SegmentsOrProblem ReadSegments(IReadOnlyList<JsonPathSegment> first, bool nested)
    {
        var segments = first.ToList();

        while (_at < _end)
        {
            if (nested && Current is not ('.' or '['))
                break;

            var next = Current switch
            {
                '.' => ReadAfterDot(),
                '[' => ReadBracket(nested),
                _ => new([], $"unexpected '{Current}'"),
            };

            if (next.Problem is not null)
                return next;

            segments.AddRange(next.Segments);
        }

        return new(segments, null);
    }

    private SegmentsOrProblem ReadAfterDot()
    {
        _at++;

        if (_at >= _end)
            // A lone dot is the whole document.
            return _end - 1 <= 1 ? new([], null) : new([], "a name is missing after the dot");

        return Current switch
        {
            '.' => new([], "'..' is not supported: write the whole path"),
            '*' => One(1, new JsonPathSegment.All()),
            '[' => new([], null),
            _ => ReadName(),
        };
    }

    private SegmentsOrProblem ReadName()
    {
        var name = new StringBuilder();

        while (_at < _end && Current is not ('.' or '[' or ']' or '=' or '!' or '<' or '>' or ')' or ' '))
        {
            // kubectl's way to write a dot inside a name: .data.values\.yaml
            if (Current == '\\' && _at + 1 < _end)
                _at++;

            name.Append(Current);
            _at++;
        }

        return name.Length == 0 ? new([], "a name is missing") : One(0, new JsonPathSegment.Field(name.ToString()));
    }

    private SegmentsOrProblem ReadBracket(bool nested)
    {
        _at++;

        if (_at >= _end)
            return new([], "']' is missing");

        var inside = Current switch
        {
            '*' => One(1, new JsonPathSegment.All()),
            '\'' or '"' => ReadQuotedName(),
            '?' when !nested => ReadFilter(),
            '?' => new([], "a filter inside a filter is not supported"),
            _ => ReadIndex(),
        };

        if (inside.Problem is not null)
            return inside;

        return Skip(']') ? inside : new([], "']' is missing");
    }

    private SegmentsOrProblem ReadQuotedName() =>
        ReadQuoted() is { } name ? One(0, new JsonPathSegment.Field(name)) : new([], "the quote is not closed");

    private SegmentsOrProblem ReadIndex()
    {
        var start = _at;

        while (_at < _end && (char.IsAsciiDigit(Current) || Current == '-'))
            _at++;

        return int.TryParse(
            _text.AsSpan(start, _at - start),
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out var index
        )
            ? One(0, new JsonPathSegment.Index(index))
            : new([], "a number, '*', a quoted name or a filter is expected");
    }

    private SegmentsOrProblem ReadFilter()
    {
        _at++;

        if (!Skip('(') || !Skip('@'))
            return new([], "a filter looks like [?(@.type==\"Ready\")]");

        var path = ReadSegments([], nested: true);

        if (path.Problem is not null)
            return path;

        SkipSpaces();

        if (Skip(')'))
            return One(0, new JsonPathSegment.Filter(path.Segments, Equal: true, Wanted: null));

        var equal = Operator();
        SkipSpaces();
        var wanted = equal is null ? null : ReadLiteral();
        SkipSpaces();

        return equal is { } operation && wanted is not null && Skip(')')
            ? One(0, new JsonPathSegment.Filter(path.Segments, operation, wanted))
            : new([], "a filter compares with == or != and one text or number");
    }

    private bool? Operator()
    {
        if (_at + 1 >= _end || _text[_at + 1] != '=' || Current is not ('=' or '!'))
            return null;

        _at += 2;
        return _text[_at - 2] == '=';
    }

    private string? ReadLiteral()
    {
        if (_at >= _end)
            return null;

        if (Current is '\'' or '"')
            return ReadQuoted();

        var start = _at;

        while (_at < _end && Current is not (')' or ' ' or ']'))
            _at++;

        return _at == start ? null : _text[start.._at];
    }

    private string? ReadQuoted()
    {
        var quote = Current;
        var close = _text.IndexOf(quote, _at + 1);

        if (close < 0 || close >= _end)
            return null;

        var inside = _text[(_at + 1)..close];
        _at = close + 1;
        return inside;
    }

    private char Current => _text[_at];

    private SegmentsOrProblem One(int length, JsonPathSegment segment)
    {
        _at += length;
        return new([segment], null);
    }

    private bool Skip(char expected)
    {
        if (_at >= _end || Current != expected)
            return false;

        _at++;
        return true;
    }

    private void SkipSpaces()
    {
        while (Skip(' ')) { }
    }

    private readonly record struct SegmentsOrProblem(IReadOnlyList<JsonPathSegment> Segments, string? Problem);
}
