using System.Buffers;
using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>Kubernetes manifests in YAML, as JSON. Plain scalars become numbers, truths and nulls as YAML 1.1 reads them.</summary>
public static class ManifestYaml
{
    private static readonly SearchValues<char> RealDigits = SearchValues.Create("0123456789.+-eE");
    private static readonly SearchValues<char> OctalDigits = SearchValues.Create("01234567");

    /// <summary>Every document that is an object; the items of a List one by one.</summary>
    /// <exception cref="YamlException">The text is no YAML.</exception>
    public static IReadOnlyList<JsonObject> ReadAll(string text) =>
        [
            .. Documents(text)
                .SelectMany(document =>
                    document["items"] is JsonArray items
                        ? items.OfType<JsonObject>().Select(item => (JsonObject)item.DeepClone())
                        : [document]
                ),
        ];

    /// <summary>The first document only, as the API server reads a body.</summary>
    /// <exception cref="StatusException">400: the text is no YAML, or no object.</exception>
    public static JsonObject ReadFirst(string text)
    {
        try
        {
            return Documents(text).FirstOrDefault() ?? throw Refusals.BadRequest("error decoding YAML: not an object");
        }
        catch (YamlException mistake)
        {
            throw Refusals.BadRequest($"error decoding YAML: {mistake.Message}");
        }
    }

    private static IEnumerable<JsonObject> Documents(string text)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(text);
        stream.Load(reader);
        return stream.Documents.Select(document => Read(document.RootNode)).OfType<JsonObject>().ToList();
    }

    private static JsonNode? Read(YamlNode node) =>
        node switch
        {
            YamlMappingNode map => Map(map),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(Read)]),
            YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar),
            YamlScalarNode scalar => JsonValue.Create(scalar.Value),
            _ => null,
        };

    private static JsonObject Map(YamlMappingNode map)
    {
        var json = new JsonObject();

        foreach (var (name, value) in map.Children)
            json[((YamlScalarNode)name).Value ?? ""] = Read(value);

        return json;
    }

    private static JsonNode? Plain(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";

        // A tag such as !!str decides; without one the form does.
        if (!scalar.Tag.IsEmpty && scalar.Tag.Value == "tag:yaml.org,2002:str")
            return text;

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" or "yes" or "Yes" or "on" or "On" => true,
            "false" or "False" or "FALSE" or "no" or "No" or "off" or "Off" => false,
            _ => Number(text),
        };
    }

    private static JsonValue Number(string text)
    {
        if (
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            && !IsOctal(text)
        )
        {
            return JsonValue.Create(whole);
        }

        if (
            text.StartsWith("0x", StringComparison.Ordinal)
            && long.TryParse(text[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hex)
        )
        {
            return JsonValue.Create(hex);
        }

        if (IsOctal(text))
            return JsonValue.Create(Convert.ToInt64(text, 8));

        return
            text.AsSpan().IndexOfAnyExcept(RealDigits) < 0
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            ? JsonValue.Create(real)
            : JsonValue.Create(text);
    }

    // File modes (0644) are octal in YAML 1.1.
    private static bool IsOctal(string text) =>
        text.Length > 1 && text[0] == '0' && text.AsSpan().IndexOfAnyExcept(OctalDigits) < 0;
}
