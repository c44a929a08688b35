using System.Text.Json;

namespace PlatformBot.Core.Checks;

/// <summary>
/// The part of kubectl's JSONPath that checks need: <c>.a.b</c>, <c>['a.b']</c>, <c>[0]</c>, <c>[-1]</c>, <c>[*]</c> and
/// <c>[?(@.type=="Ready")]</c>, with or without surrounding braces and the leading <c>$</c> or dot.
/// </summary>
public sealed class JsonPath
{
    private readonly string _text;
    private readonly IReadOnlyList<JsonPathSegment> _segments;

    private JsonPath(string text, IReadOnlyList<JsonPathSegment> segments) => (_text, _segments) = (text, segments);

    /// <summary>Reads a path; the refusal says what is wrong and at which character.</summary>
    public static Result<JsonPath> Parse(string text)
    {
        if (!new JsonPathReader(text).Read().Ok(out var segments, out var refusal))
            return refusal;

        return new JsonPath(text, segments);
    }

    /// <summary>Every value that the path leads to, in the document's order; none when something on the way is missing.</summary>
    public IReadOnlyList<JsonElement> Find(JsonElement root)
    {
        IEnumerable<JsonElement> found = [root];

        foreach (var segment in _segments)
            found = found.SelectMany(segment.Step);

        return [.. found];
    }

    /// <summary>A value as kubectl prints it: text without quotes, everything else as JSON.</summary>
    public static string TextOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    public override string ToString() => _text;
}

/// <summary>One step of a path, from one value to those below it.</summary>
internal abstract record JsonPathSegment
{
    public abstract IEnumerable<JsonElement> Step(JsonElement from);

    public sealed record Field(string Name) : JsonPathSegment
    {
        public override IEnumerable<JsonElement> Step(JsonElement from) =>
            from.ValueKind == JsonValueKind.Object && from.TryGetProperty(Name, out var value) ? [value] : [];
    }

    /// <param name="At">from the end when negative</param>
    public sealed record Index(int At) : JsonPathSegment
    {
        public override IEnumerable<JsonElement> Step(JsonElement from)
        {
            if (from.ValueKind != JsonValueKind.Array)
                return [];

            var at = At < 0 ? from.GetArrayLength() + At : At;
            return at >= 0 && at < from.GetArrayLength() ? [from[at]] : [];
        }
    }

    public sealed record All : JsonPathSegment
    {
        public override IEnumerable<JsonElement> Step(JsonElement from) =>
            from.ValueKind switch
            {
                JsonValueKind.Array => from.EnumerateArray(),
                JsonValueKind.Object => from.EnumerateObject().Select(property => property.Value),
                _ => [],
            };
    }

    /// <param name="Path">from the element</param>
    /// <param name="Wanted">null asks only whether the path leads anywhere</param>
    public sealed record Filter(IReadOnlyList<JsonPathSegment> Path, bool Equal, string? Wanted) : JsonPathSegment
    {
        public override IEnumerable<JsonElement> Step(JsonElement from) =>
            from.ValueKind == JsonValueKind.Array ? from.EnumerateArray().Where(Matches) : [];

        private bool Matches(JsonElement element)
        {
            IEnumerable<JsonElement> found = [element];

            foreach (var segment in Path)
                found = found.SelectMany(segment.Step);

            return Wanted is null ? found.Any() : found.Any(value => (JsonPath.TextOf(value) == Wanted) == Equal);
        }
    }
}
