using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PlatformBot.Sandbox.Twin.Flux;

/// <summary>
/// The part of CEL in which a Kustomization's healthCheckExprs are written: paths, texts and numbers, <c>has()</c>, <c>!</c>, <c>==</c>,
/// <c>!=</c>, <c>in [..]</c>, <c>&amp;&amp;</c>, <c>||</c> and parentheses.
/// </summary>
internal sealed partial class HealthExpression
{
    private readonly List<string> _words;
    private readonly JsonObject _json;
    private int _at;

    private HealthExpression(string text, JsonObject json)
    {
        _words = [.. Words().Matches(text).Select(match => match.Value)];
        _json = json;
    }

    /// <summary>Whether the expression holds of an object; a path that is not there is an error, as in CEL, and then nothing holds.</summary>
    /// <exception cref="FormatException">It is not such an expression.</exception>
    public static bool Holds(string text, JsonObject json)
    {
        var expression = new HealthExpression(text, json);
        var holds = expression.Or();
        return expression._at == expression._words.Count ? holds : throw expression.Unexpected();
    }

    private bool Or()
    {
        var holds = And();

        while (Take("||"))
            holds |= And();

        return holds;
    }

    private bool And()
    {
        var holds = Not();

        while (Take("&&"))
            holds &= Not();

        return holds;
    }

    private bool Not()
    {
        if (Take("!"))
            return !Not();

        if (Take("("))
        {
            var inner = Or();
            Expect(")");
            return inner;
        }

        if (Take("has"))
        {
            Expect("(");
            var found = Value() is not null;
            Expect(")");
            return found;
        }

        return Comparison();
    }

    private bool Comparison()
    {
        var left = Value();

        if (Take("=="))
            return Value() is { } equal && left == equal;

        if (Take("!="))
            return Value() is { } other && left is not null && left != other;

        if (Take("in"))
            return List().Contains(left);

        return left == "true";
    }

    private List<string?> List()
    {
        Expect("[");
        var all = new List<string?>();

        do all.Add(Value());
        while (Take(","));

        Expect("]");
        return all;
    }

    /// <summary>A literal's text, or what stands at a path; null when nothing does.</summary>
    private string? Value()
    {
        var word = _at < _words.Count ? _words[_at++] : throw Unexpected();

        if (word[0] is '\'' or '"')
            return word[1..^1];

        if (char.IsAsciiDigit(word[0]) || word is "true" or "false")
            return word;

        var node = word.Split('.').Aggregate((JsonNode?)_json, (json, name) => (json as JsonObject)?[name]);
        return node is JsonValue value
            ? Convert.ToString(value.ToString(), CultureInfo.InvariantCulture)
            : node?.ToJsonString();
    }

    private bool Take(string word)
    {
        if (_at >= _words.Count || _words[_at] != word)
            return false;

        _at++;
        return true;
    }

    private void Expect(string word)
    {
        if (!Take(word))
            throw Unexpected();
    }

    private FormatException Unexpected() =>
        new($"Syntax error: mismatched input '{(_at < _words.Count ? _words[_at] : "<EOF>")}'");

    [GeneratedRegex(
        """&&|\|\||==|!=|!|[()\[\],]|'[^']*'|"[^"]*"|[\w.]+""",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Words();
}
