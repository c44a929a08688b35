using System.Text.RegularExpressions;

namespace PlatformBot.Core.Runbooks;

/// <summary>
/// What a mapping may hold. The same table reads the files, makes <c>schema.json</c> and says what is allowed.
/// </summary>
/// <param name="Called">how a sentence calls it: "a step"</param>
internal sealed record Shape(string Called, string Help, IReadOnlyList<Field> Fields)
{
    /// <summary>Of these fields one must be there, and only one.</summary>
    public IReadOnlyList<string> ExactlyOne { get; init; } = [];

    /// <summary>Of these fields one must be there.</summary>
    public IReadOnlyList<string> AtLeastOne { get; init; } = [];

    /// <summary>Other fields are the writer's own.</summary>
    public Kind? Others { get; init; }

    public Shape Without(string called, params string[] fields) =>
        this with
        {
            Called = called,
            Fields = [.. Fields.Where(field => !fields.Contains(field.Name))],
            AtLeastOne = [],
        };
}

internal sealed record Field(string Name, Kind Kind, string Help, bool Required = false);

/// <summary>What a value may be.</summary>
internal abstract record Kind
{
    private Kind() { }

    /// <summary>Any text; <paramref name="Filled"/>: <c>${{ }}</c> is filled in.</summary>
    public sealed record Text(bool Filled = true, int Longest = 20_000) : Kind;

    /// <summary>Text of a certain form.</summary>
    /// <param name="Called">"a name such as cilium-install"</param>
    public sealed record Form(Regex Pattern, string Called, bool Filled = false) : Kind;

    public sealed record Choice(params string[] Options) : Kind;

    public sealed record Number(int Least, int Most) : Kind;

    public sealed record Decimal : Kind;

    public sealed record Truth : Kind;

    /// <summary>A span of time: 30s, 10m, 1h30m.</summary>
    /// <param name="Least">as it is written: 1m; null: anything but nothing</param>
    public sealed record Duration(string? Least = null) : Kind;

    /// <summary>One process: a program and its arguments.</summary>
    public sealed record Command : Kind;

    /// <summary>One command or a list of commands.</summary>
    public sealed record Commands : Kind;

    public sealed record ListOf(Kind Item, int Least = 0) : Kind;

    public sealed record OneOrMany(Kind Item) : Kind;

    public sealed record MapOf(Kind Value, bool MayBeNull = false) : Kind;

    public sealed record Mapping(Shape Shape) : Kind;

    /// <summary>One shape when the key is there, another one when it is not.</summary>
    public sealed record Either(string Key, Shape With, Shape Without) : Kind;

    public sealed record Anything : Kind;
}
