using System.Globalization;

namespace PlatformBot.Core.Runbooks;

/// <summary>
/// Reads fields that <see cref="ShapeCheck"/> has looked at. Where the check found a mistake these give the default, so
/// that the rest of the file is still looked at.
/// </summary>
internal static class YamlFields
{
    public static YamlScalar? Scalar(this YamlMap map, string key) => map[key] as YamlScalar;

    public static string? Text(this YamlMap map, string key) =>
        map[key] is YamlScalar { IsNull: false } scalar ? scalar.Text : null;

    public static string Text(this YamlMap map, string key, string otherwise) => map.Text(key) ?? otherwise;

    public static bool Truth(this YamlMap map, string key) => map[key] is YamlScalar { Text: "true" };

    public static int? Number(this YamlMap map, string key) =>
        int.TryParse(map.Text(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    public static TimeSpan Span(this YamlMap map, string key, TimeSpan otherwise) =>
        map.Text(key) is { } text && Durations.Parse(text) is { } span ? span : otherwise;

    public static YamlMap? Map(this YamlMap map, string key) => map[key] as YamlMap;

    public static IReadOnlyList<YamlNode> Items(this YamlMap map, string key) =>
        map[key] is YamlList list ? list.Items : [];

    /// <summary>A list of mappings; what is no mapping is left out.</summary>
    public static IEnumerable<YamlMap> Maps(this YamlMap map, string key) => map.Items(key).OfType<YamlMap>();

    /// <summary>A list of texts; what is no text is left out.</summary>
    public static IReadOnlyList<string> Texts(this YamlMap map, string key) => Texts(map[key]);

    public static IReadOnlyList<string> Texts(this YamlNode? node) =>
        node is YamlList list ? [.. list.Items.OfType<YamlScalar>().Select(item => item.Text)] : [];
}
