using System.Text;

namespace PlatformBot.Core.Runbooks;

/// <summary>
/// Fills in <c>${{ }}</c> in a tree that is already read: a value can never become YAML. A plain scalar that is one placeholder keeps
/// the kind that the value has in the inventory (a number stays one); everything else becomes text.
/// </summary>
internal sealed class Filling(Scope scope, Problems problems)
{
    public YamlNode Fill(YamlNode node) =>
        node switch
        {
            YamlMap map => new YamlMap(map.At, [.. map.Entries.Select(Fill)]),
            YamlList list => new YamlList(list.At, [.. list.Items.SelectMany(FillItem)]),
            YamlScalar scalar when Template.IsIn(scalar.Text) => Fill(scalar),
            _ => node,
        };

    public YamlMap Fill(YamlMap map) => (YamlMap)Fill((YamlNode)map);

    private YamlEntry Fill(YamlEntry entry)
    {
        if (Template.IsIn(entry.Key.Text))
            problems.Add(entry.Key.At, "${{ }} is not filled in in keys.", "Write the key itself.");

        return entry with
        {
            Value = Fill(entry.Value),
        };
    }

    private IEnumerable<YamlNode> FillItem(YamlNode item)
    {
        if (item is not YamlScalar scalar || Parse(scalar)?.Whole is not { Spread: true } spread)
            return [Fill(item)];

        return Find(scalar, spread) switch
        {
            YamlList list => list.Items,
            { } single => [single],
            null => [],
        };
    }

    private YamlScalar Fill(YamlScalar scalar)
    {
        if (Parse(scalar) is not { } template)
            return new YamlScalar(scalar.At, "", plain: false, unknown: true);

        if (scalar.IsPlain && template.Whole is { } whole && Find(scalar, whole) is YamlScalar typed)
            return new YamlScalar(scalar.At, typed.Text, typed.IsPlain, typed.IsUnknown);

        var filled = new StringBuilder();
        var unknown = false;

        foreach (var part in template.Parts)
        {
            var text = part.IsPlaceholder ? TextOf(scalar, part) : part.Text;
            unknown |= text is null;
            filled.Append(text);
        }

        return new YamlScalar(scalar.At, filled.ToString(), plain: false, unknown);
    }

    /// <summary>Null when it is not known (yet).</summary>
    private string? TextOf(YamlScalar scalar, Template.Part part)
    {
        if (part.Spread)
        {
            problems.Add(PlaceOf(scalar, part.Ordinal), "A list can be spread (...) only as a whole entry of a list.");
            return null;
        }

        switch (Find(scalar, part))
        {
            case YamlScalar value:
                return value.IsUnknown ? null : value.Text;
            case YamlList list when list.Items.All(item => item is YamlScalar):
                return string.Join(',', list.Texts());
            case { } other:
                problems.Add(
                    PlaceOf(scalar, part.Ordinal),
                    $"'{part.Text}' is {other.Sort}; only texts can be filled in.",
                    "Name one of its fields."
                );
                return null;
            default:
                return null;
        }
    }

    private Template? Parse(YamlScalar scalar) =>
        Template.Parse(scalar.Text, (ordinal, what) => problems.Add(PlaceOf(scalar, ordinal), what));

    private YamlNode? Find(YamlScalar scalar, Template.Part part) =>
        scope.Find(part.Path, (what, cure) => problems.Add(PlaceOf(scalar, part.Ordinal), what, cure));

    /// <summary>Where a placeholder of a scalar stands, also in quoted and folded text: counted in the file itself.</summary>
    private static Place PlaceOf(YamlScalar scalar, int ordinal)
    {
        var index = scalar.At.Index - 1;

        for (var passed = 0; passed <= ordinal; passed++)
        {
            index = scalar.At.Source.Text.IndexOf("${{", index + 1, StringComparison.Ordinal);

            if (index < 0)
                return scalar.At;
        }

        return scalar.At.At(index);
    }
}
