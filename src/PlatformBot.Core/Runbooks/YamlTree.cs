namespace PlatformBot.Core.Runbooks;

/// <summary>One file as it was read.</summary>
internal sealed record SourceText(string File, string Text);

/// <summary>A place in a file; line and column count from 1, the index from 0.</summary>
internal readonly record struct Place(SourceText Source, int Line, int Column, int Index)
{
    public static Place StartOf(SourceText source) => new(source, 1, 1, 0);

    /// <summary>The place of a later index of the same file.</summary>
    public Place At(int index)
    {
        var passed = Source.Text.AsSpan(0, Math.Min(index, Source.Text.Length));
        var lineStart = passed.LastIndexOf('\n') + 1;
        return new(Source, passed.Count('\n') + 1, passed.Length - lineStart + 1, index);
    }
}

/// <summary>YAML with its positions, and scalars as they are written: what a scalar means depends on where it stands.</summary>
internal abstract class YamlNode(Place at)
{
    public Place At { get; } = at;

    /// <summary>How a person calls this sort of node.</summary>
    public abstract string Sort { get; }
}

internal sealed class YamlMap(Place at, IReadOnlyList<YamlEntry> entries) : YamlNode(at)
{
    public IReadOnlyList<YamlEntry> Entries { get; } = entries;

    public override string Sort => "a mapping";

    public YamlNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key.Text == key)?.Value;

    public YamlScalar? Key(string key) => Entries.FirstOrDefault(entry => entry.Key.Text == key)?.Key;

    public bool Has(string key) => this[key] is not null;

    /// <summary>Its values by their keys, sorted, so that the order of writing does not change a plan's digest.</summary>
    public SortedDictionary<string, T> Sorted<T>(Func<YamlScalar?, T> value) =>
        new(
            Entries.ToDictionary(entry => entry.Key.Text, entry => value(entry.Value as YamlScalar)),
            StringComparer.Ordinal
        );
}

internal sealed record YamlEntry(YamlScalar Key, YamlNode Value);

internal sealed class YamlList(Place at, IReadOnlyList<YamlNode> items) : YamlNode(at)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;

    public override string Sort => "a list";
}

/// <param name="plain">written without quotes and not as a block, so that it may mean a number, a truth value or nothing</param>
/// <param name="unknown">its value comes later (from a person), or could not be found and that was said: nothing more is checked</param>
internal sealed class YamlScalar(Place at, string text, bool plain, bool unknown = false) : YamlNode(at)
{
    public string Text { get; } = text;

    public bool IsPlain { get; } = plain;

    public bool IsUnknown { get; } = unknown;

    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Sort => IsNull ? "nothing" : $"'{Shorten(Text)}'";

    public static string Shorten(string text)
    {
        var line = new string([.. text.Select(letter => char.IsControl(letter) ? ' ' : letter)]);
        return Words.Cut(line, 61);
    }
}
