using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>
/// YAML of a manifest as JSON, read as kubectl reads it. Where YAML 1.1 and 1.2 disagree about a plain scalar, a person
/// must say what is meant.
/// </summary>
internal sealed partial class YamlToJson(Problems problems)
{
    public JsonNode? Convert(YamlNode node) =>
        node switch
        {
            YamlMap map => new JsonObject(
                map.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, Convert(entry.Value)))
            ),
            YamlList list => new JsonArray([.. list.Items.Select(Convert)]),
            YamlScalar { IsPlain: true } plain => Convert(plain),
            YamlScalar text => JsonValue.Create(text.Text),
            _ => null,
        };

    private JsonNode? Convert(YamlScalar plain)
    {
        var text = plain.Text;

        if (plain.IsNull)
            return null;

        if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
            return JsonValue.Create(bool.Parse(text));

        if (Ambiguous().IsMatch(text))
        {
            problems.Add(
                plain.At,
                $"'{text}' means different things to different readers of YAML.",
                "Quote it, or write true, false or the plain number."
            );
            return null;
        }

        return Number(text) ?? JsonValue.Create(text);
    }

    private static JsonValue? Number(string text)
    {
        if (
            Whole().IsMatch(text)
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
        )
        {
            return JsonValue.Create(whole);
        }

        if (
            Fraction().IsMatch(text)
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
        )
        {
            return JsonValue.Create(number);
        }

        return null;
    }

    /// <summary>yes and no, octal numbers, digits in groups, other bases, what is not a number.</summary>
    [GeneratedRegex(
        @"^([yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|[-+]?0[0-9_]+|[-+]?0[xob][0-9a-fA-F_]+|[-+]?[0-9][0-9]*_[0-9_]*|[-+]?[0-9]+(:[0-5]?[0-9])+|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Ambiguous();

    [GeneratedRegex("^[-+]?(0|[1-9][0-9]*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Whole();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fraction();
}
