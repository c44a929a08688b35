using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace PlatformBot.Core.Runbooks;

/// <summary>
/// Turns text into <see cref="YamlNode"/>s, every failure into a problem. Bounded in size, depth and in what aliases unfold to, so that
/// a small file cannot become a large one.
/// </summary>
internal sealed class YamlReader
{
    public const int MaxBytes = 1024 * 1024;
    private const int MaxDepth = 40;
    private const int MaxNodes = 50_000;

    private readonly SourceText _source;
    private readonly Problems _problems;
    private readonly Parser _parser;
    private readonly Dictionary<string, (YamlNode Node, int Size)> _anchors = [];
    private int _nodes;

    private YamlReader(SourceText source, Problems problems)
    {
        _source = source;
        _problems = problems;
        _parser = new Parser(new Scanner(new StringReader(source.Text), skipComments: true));
    }

    /// <summary>The documents of a file; those before the first mistake in the YAML itself.</summary>
    public static IReadOnlyList<YamlNode> ReadAll(SourceText source, Problems problems) =>
        new YamlReader(source, problems).Documents();

    /// <summary>The only document of a file, or null after saying why not.</summary>
    public static YamlNode? ReadOne(SourceText source, Problems problems)
    {
        var before = problems.Count;
        var documents = ReadAll(source, problems);

        if (documents.Count == 0 && problems.Count == before)
            problems.Add(Place.StartOf(source), "The file is empty.");

        if (documents.Count > 1)
            problems.Add(documents[1].At, "A second YAML document starts here.", "One file holds one document.");

        return documents.Count > 0 ? documents[0] : null;
    }

    /// <summary>A file's text, or null after saying why it cannot be read.</summary>
    /// <param name="name">how problems call the file</param>
    public static SourceText? Open(string path, string name, Problems problems)
    {
        var nowhere = Place.StartOf(new SourceText(name, ""));

        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                problems.Add(nowhere, $"The file is larger than {MaxBytes / 1024} KiB.", "Split it.");
                return null;
            }

            return new SourceText(
                name,
                new UTF8Encoding(false, true).GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF')
            );
        }
        catch (DecoderFallbackException broken)
        {
            problems.Add(nowhere, $"The file is not UTF-8: bad byte at offset {broken.Index}.", "Save it as UTF-8.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problems.Add(nowhere, $"The file cannot be read: {unreadable.Message}");
        }

        return null;
    }

    private List<YamlNode> Documents()
    {
        var documents = new List<YamlNode>();

        try
        {
            _parser.Consume<StreamStart>();

            while (!_parser.TryConsume<StreamEnd>(out _))
            {
                _parser.Consume<DocumentStart>();
                _anchors.Clear();
                documents.Add(Node(depth: 0).Node);
                _parser.Consume<DocumentEnd>();
            }
        }
        catch (YamlException broken)
        {
            Report(broken.Start, broken.End, broken.Message);
        }
        catch (InvalidOperationException)
        {
            // The parser's answer to some brackets that do not match; it says no more than that.
            var end = _parser.Current?.End ?? Mark.Empty;
            Report(end, end, "brackets, braces or quotes do not match, near here");
        }

        return documents;
    }

    private (YamlNode Node, int Size) Node(int depth)
    {
        if (depth > MaxDepth)
            throw new SemanticErrorException(Here.Start, Here.End, $"This is nested more than {MaxDepth} levels deep.");

        var (node, size) = Here switch
        {
            AnchorAlias => Alias(),
            SequenceStart => List(depth),
            MappingStart => Map(depth),
            _ => Scalar(),
        };

        return (node, size);
    }

    private ParsingEvent Here =>
        _parser.Current ?? throw new SemanticErrorException(Mark.Empty, Mark.Empty, "The file ends too early.");

    private (YamlNode Node, int Size) Alias()
    {
        var alias = _parser.Consume<AnchorAlias>();

        if (!_anchors.TryGetValue(alias.Value.Value, out var meant))
        {
            throw new SemanticErrorException(
                alias.Start,
                alias.End,
                $"No anchor &{alias.Value.Value} is known before here."
            );
        }

        Count(meant.Size, alias);
        return meant;
    }

    private (YamlNode Node, int Size) Scalar()
    {
        var scalar = _parser.Consume<Scalar>();
        Count(1, scalar);
        return Remember(
            scalar,
            (new YamlScalar(PlaceOf(scalar.Start), scalar.Value, scalar.Style is ScalarStyle.Plain), 1)
        );
    }

    private (YamlNode Node, int Size) List(int depth)
    {
        var start = _parser.Consume<SequenceStart>();
        var items = new List<YamlNode>();
        var size = 1;
        Count(1, start);

        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            var (item, itemSize) = Node(depth + 1);
            items.Add(item);
            size += itemSize;
        }

        return Remember(start, (new YamlList(PlaceOf(start.Start), items), size));
    }

    private (YamlNode Node, int Size) Map(int depth)
    {
        var start = _parser.Consume<MappingStart>();
        var entries = new List<YamlEntry>();
        var keys = new Dictionary<string, Place>();
        var size = 1;
        Count(1, start);

        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = Node(depth + 1).Node;
            var (value, valueSize) = Node(depth + 1);
            size += valueSize + 1;

            if (key is not YamlScalar name)
                _problems.Add(key.At, $"A key must be text, but this is {key.Sort}.");
            else if (name.Text == "<<" && name.IsPlain)
                _problems.Add(name.At, "Merge keys (<<) are not supported.", "Write the fields out.");
            else if (!keys.TryAdd(name.Text, name.At))
                _problems.Add(name.At, $"The key {name.Sort} is here twice; first in line {keys[name.Text].Line}.");
            else
                entries.Add(new YamlEntry(name, value));
        }

        return Remember(start, (new YamlMap(PlaceOf(start.Start), entries), size));
    }

    private (YamlNode Node, int Size) Remember(NodeEvent written, (YamlNode Node, int Size) read)
    {
        if (!written.Anchor.IsEmpty)
            _anchors[written.Anchor.Value] = read;

        return read;
    }

    private void Count(int more, ParsingEvent at)
    {
        _nodes += more;

        if (_nodes > MaxNodes)
        {
            throw new SemanticErrorException(
                at.Start,
                at.End,
                $"Written out, this file has more than {MaxNodes} values."
            );
        }
    }

    private Place PlaceOf(Mark mark) => new(_source, (int)mark.Line, (int)mark.Column, (int)mark.Index);

    private void Report(Mark start, Mark end, string what)
    {
        var at = Place.StartOf(_source).At((int)start.Index);
        var tab = TabBetween(at, Place.StartOf(_source).At((int)end.Index));

        if (tab >= 0)
            _problems.Add(at.At(tab), "A tab indents this line.", "YAML is indented with spaces.");
        else
            _problems.Add(at, $"This cannot be read as YAML: {what.TrimEnd('.')}.");
    }

    /// <summary>The index of a tab in the indentation of one of the lines where the parser stumbled; -1 when there is none.</summary>
    private int TabBetween(Place start, Place end)
    {
        var text = _source.Text;
        var index = start.Index - start.Column + 1;

        for (var line = start.Line; line <= end.Line + 1 && index < text.Length; line++)
        {
            var indentation = text.AsSpan(index);
            var letters = indentation.IndexOfAnyExcept(' ', '\t');
            var tab = indentation[..(letters < 0 ? indentation.Length : letters)].IndexOf('\t');

            if (tab >= 0)
                return index + tab;

            var next = text.IndexOf('\n', index);
            index = next < 0 ? text.Length : next + 1;
        }

        return -1;
    }
}
