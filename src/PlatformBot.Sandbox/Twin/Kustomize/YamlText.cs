using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace PlatformBot.Sandbox.Twin.Kustomize;

/// <summary>YAML text to JSON and back, with the scalar rules that Kubernetes' own tools use.</summary>
public static class YamlText
{
    // YAML 1.1, which Kubernetes still reads: "yes" is true.
    private static readonly Dictionary<string, bool?> Words = new()
    {
        [""] = null,
        ["~"] = null,
        ["null"] = null,
        ["Null"] = null,
        ["NULL"] = null,
        ["true"] = true,
        ["True"] = true,
        ["TRUE"] = true,
        ["yes"] = true,
        ["Yes"] = true,
        ["on"] = true,
        ["On"] = true,
        ["false"] = false,
        ["False"] = false,
        ["FALSE"] = false,
        ["no"] = false,
        ["No"] = false,
        ["off"] = false,
        ["Off"] = false,
    };

    /// <summary>All documents of the text; empty ones are left out.</summary>
    /// <exception cref="FormatException">The text is not YAML.</exception>
    public static IReadOnlyList<JsonNode> ReadAll(string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return [.. stream.Documents.Select(document => ToJson(document.RootNode)).OfType<JsonNode>()];
        }
        catch (YamlException trouble)
        {
            throw new FormatException($"yaml: line {trouble.Start.Line}: {trouble.Message}", trouble);
        }
    }

    /// <summary>The objects of a file of Kubernetes manifests.</summary>
    /// <exception cref="FormatException">The text is not YAML.</exception>
    public static IReadOnlyList<JsonObject> ReadObjects(string text) => [.. ReadAll(text).OfType<JsonObject>()];

    /// <summary>The one mapping that the text is; an empty one when the text is empty.</summary>
    /// <exception cref="FormatException">The text is not YAML, or not a mapping.</exception>
    public static JsonObject ReadMapping(string text) =>
        ReadAll(text) switch
        {
            [] => [],
            [JsonObject json] => json,
            _ => throw new FormatException("yaml: line 1: one mapping was expected"),
        };

    /// <summary>Documents joined by "---".</summary>
    public static string Write(params IEnumerable<JsonNode> documents) =>
        string.Concat(documents.Select(document => $"---\n{WriteOne(document)}"));

    private static string WriteOne(JsonNode json)
    {
        using var text = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(ToYaml(json))).Save(text, assignAnchors: false);
        var written = text.ToString();
        return written.EndsWith("...\n", StringComparison.Ordinal) ? written[..^4] : written;
    }

    private static JsonNode? ToJson(YamlNode node) =>
        node switch
        {
            YamlMappingNode mapping => Mapping(mapping),
            YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(ToJson)]),
            YamlScalarNode scalar => Scalar(scalar),
            _ => null,
        };

    private static JsonObject Mapping(YamlMappingNode mapping)
    {
        var json = new JsonObject();

        foreach (var (key, value) in mapping.Children)
            json[((YamlScalarNode)key).Value ?? ""] = ToJson(value);

        return json;
    }

    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";

        if (scalar.Style is not ScalarStyle.Plain and not ScalarStyle.Any || scalar.Tag == "tag:yaml.org,2002:str")
            return JsonValue.Create(text);

        if (Words.TryGetValue(text, out var word))
            return word is { } flag ? JsonValue.Create(flag) : null;

        return Number(text) ?? JsonValue.Create(text);
    }

    private static JsonValue? Number(string text)
    {
        if (!char.IsAsciiDigit(text[0]) && text[0] is not '-' and not '+' and not '.')
            return null;

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return JsonValue.Create(whole);

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            ? JsonValue.Create(real)
            : null;
    }

    private static YamlNode ToYaml(JsonNode? json) =>
        json switch
        {
            null => new YamlScalarNode("null"),
            JsonObject mapping => new YamlMappingNode(
                mapping.Select(pair => KeyValuePair.Create<YamlNode, YamlNode>(Text(pair.Key), ToYaml(pair.Value)))
            )
            {
                Style = mapping.Count == 0 ? YamlDotNet.Core.Events.MappingStyle.Flow : default,
            },
            JsonArray list => new YamlSequenceNode(list.Select(ToYaml))
            {
                Style = list.Count == 0 ? YamlDotNet.Core.Events.SequenceStyle.Flow : default,
            },
            JsonValue value when value.TryGetValue<string>(out var text) => Text(text),
            _ => new YamlScalarNode(json.ToJsonString()),
        };

    private static YamlScalarNode Text(string text)
    {
        var looksElse = text.Length == 0 || Words.ContainsKey(text) || Number(text) is not null;
        var style =
            text.Contains('\n', StringComparison.Ordinal) ? ScalarStyle.Literal
            : looksElse ? ScalarStyle.DoubleQuoted
            : ScalarStyle.Any;
        return new YamlScalarNode(text) { Style = style };
    }
}
