using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PlatformBot.Sandbox.Tools.Kube;

/// <summary>
/// The part of kubectl's JSONPath that scripts use: <c>{.a.b}</c>, <c>['x.y']</c>, <c>[0]</c>, <c>[*]</c> and
/// <c>[?(@.type=="Ready")]</c>, with text around the braces.
/// </summary>
internal static partial class JsonPath
{
    public static string Print(JsonNode json, string template) =>
        Brace().Replace(template, brace => Join(Find(json, brace.Groups["path"].Value)));

    /// <summary>Every value that a path leads to.</summary>
    /// <exception cref="ToolException">The path is not understood.</exception>
    public static IReadOnlyList<JsonNode> Find(JsonNode json, string path)
    {
        IReadOnlyList<JsonNode> found = [json];
        var at = 0;

        foreach (Match step in Step().Matches(path))
        {
            if (step.Index != at)
                break;

            at += step.Length;
            found = [.. found.SelectMany(node => Follow(node, step)).OfType<JsonNode>()];
        }

        return at == path.Length
            ? found
            : throw new ToolException($"error: error parsing jsonpath {path}, unrecognized character");
    }

    private static IEnumerable<JsonNode?> Follow(JsonNode node, Match step)
    {
        if (step.Groups["field"] is { Success: true, Value: var field })
            return [(node as JsonObject)?[field]];

        if (step.Groups["index"] is { Success: true, Value: var index })
            return [(node as JsonArray)?.ElementAtOrDefault(int.Parse(index))];

        var items = node as JsonArray ?? [];
        return step.Groups["name"] is { Success: true, Value: var name }
            ? items.Where(item => (string?)item?[name] == step.Groups["value"].Value)
            : items;
    }

    private static string Join(IEnumerable<JsonNode> found)
    {
        var text = new StringBuilder();

        foreach (var node in found)
        {
            text.Append(text.Length > 0 ? " " : "")
                .Append(node is JsonValue value ? value.ToString() : node.ToJsonString());
        }

        return text.ToString();
    }

    [GeneratedRegex(@"\{(?<path>[^}]*)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Brace();

    [GeneratedRegex(
        """\.(?<field>[\w-]+(\\\.[\w-]+)*)|\['(?<field>[^']+)'\]|\[(?<index>\d+)\]|\[\*\]|\[\?\(@\.(?<name>\w+)\s*==\s*["'](?<value>[^"']*)["']\)\]""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Step();
}
