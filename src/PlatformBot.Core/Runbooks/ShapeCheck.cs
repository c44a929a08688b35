using System.Globalization;

namespace PlatformBot.Core.Runbooks;

/// <summary>Holds a file against the table of what is allowed.</summary>
/// <param name="filled">every <c>${{ }}</c> is filled in already, so that what it became is checked too</param>
internal sealed class ShapeCheck(Problems problems, bool filled = false)
{
    public void Check(YamlNode node, Kind kind)
    {
        if (node is YamlScalar { IsUnknown: true })
            return;

        switch (kind)
        {
            case Kind.Text text:
                CheckText(node, text);
                break;
            case Kind.Form form:
                CheckForm(node, form);
                break;
            case Kind.Choice choice:
                CheckChoice(node, choice);
                break;
            case Kind.Number number:
                CheckNumber(node, number);
                break;
            case Kind.Decimal:
                CheckDecimal(node);
                break;
            case Kind.Truth:
                CheckTruth(node);
                break;
            case Kind.Duration duration:
                CheckDuration(node, duration);
                break;
            default:
                CheckStructure(node, kind);
                break;
        }
    }

    private void CheckStructure(YamlNode node, Kind kind)
    {
        switch (kind)
        {
            case Kind.Command:
                CheckCommand(node);
                break;
            case Kind.Commands:
                if (node is YamlList { Items: [YamlList, ..] } commands)
                    Each(commands, new Kind.Command());
                else
                    CheckCommand(node);

                break;
            case Kind.ListOf list:
                CheckList(node, list);
                break;
            case Kind.OneOrMany many:
                if (node is YamlList several)
                    Each(several, many.Item);
                else
                    Check(node, many.Item);

                break;
            case Kind.MapOf map:
                CheckMapOf(node, map);
                break;
            case Kind.Mapping mapping:
                CheckShape(node, mapping.Shape);
                break;
            case Kind.Either either:
                CheckShape(node, node is YamlMap found && found.Has(either.Key) ? either.With : either.Without);
                break;
        }
    }

    public void CheckShape(YamlNode node, Shape shape)
    {
        if (node is not YamlMap map)
        {
            problems.Add(node.At, $"Here must be {shape.Called}: a mapping, not {node.Sort}.");
            return;
        }

        foreach (var (key, value) in map.Entries)
        {
            if (shape.Fields.FirstOrDefault(field => field.Name == key.Text) is { } field)
            {
                Check(value, field.Kind);
            }
            else if (shape.Others is { } others)
            {
                Check(value, others);
            }
            else if (!filled)
            {
                problems.Add(
                    key.At,
                    $"{key.Sort} is not a field of {shape.Called}.",
                    Suggestion.Cure(key.Text, [.. shape.Fields.Select(known => known.Name)])
                );
            }
        }

        // Filling in adds and removes no fields, so this was all said before.
        if (filled)
            return;

        foreach (var missing in shape.Fields.Where(field => field.Required && !map.Has(field.Name)))
            problems.Add(map.At, $"The field '{missing.Name}' of {shape.Called} is missing.", missing.Help);

        CheckGroups(map, shape);
    }

    private void CheckGroups(YamlMap map, Shape shape)
    {
        var present = shape.ExactlyOne.Where(map.Has).ToArray();

        if (shape.ExactlyOne.Count > 0 && present.Length == 0)
            problems.Add(map.At, $"{Sentence(shape.Called)} has one of {Listed(shape.ExactlyOne)}.");

        if (present.Length > 1)
            problems.Add(map.Key(present[1])!.At, $"{Sentence(shape.Called)} has only one of {Listed(present)}.");

        if (shape.AtLeastOne.Count > 0 && !shape.AtLeastOne.Any(map.Has))
            problems.Add(map.At, $"{Sentence(shape.Called)} has one of {Listed(shape.AtLeastOne)}.");
    }

    public static string Listed(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));

    private static string Sentence(string called) => char.ToUpperInvariant(called[0]) + called[1..];

    private void CheckText(YamlNode node, Kind.Text kind)
    {
        if (AsText(node, "text") is not { } text)
            return;

        if (text.Length > kind.Longest)
            problems.Add(node.At, $"This text is longer than {kind.Longest} characters.");
        else if (!filled && !kind.Filled && text.Contains("${{", StringComparison.Ordinal))
            problems.Add(node.At, "${{ }} is not filled in here.", "Write the text itself.");
    }

    private void CheckForm(YamlNode node, Kind.Form form)
    {
        if (AsText(node, form.Called) is not { } text)
            return;

        // What a placeholder becomes is checked when it is filled in.
        var later = !filled && form.Filled && text.Contains("${{", StringComparison.Ordinal);

        if (!later && !form.Pattern.IsMatch(text))
            problems.Add(node.At, $"{node.Sort} is not {form.Called}.");
    }

    private void CheckChoice(YamlNode node, Kind.Choice choice)
    {
        var wanted = "one of " + string.Join(", ", choice.Options);

        if (AsText(node, wanted) is { } chosen && !choice.Options.Contains(chosen))
            problems.Add(node.At, $"{node.Sort} is not allowed here.", Suggestion.Cure(chosen, choice.Options));
    }

    private void CheckDecimal(YamlNode node)
    {
        if (AsText(node, "a number") is { } digits && !IsDecimal(digits))
            problems.Add(node.At, $"{node.Sort} is not a number.");
    }

    private void CheckTruth(YamlNode node)
    {
        if (node is not YamlScalar { IsPlain: true, Text: "true" or "false" })
            problems.Add(node.At, $"Here must be true or false, not {node.Sort}.");
    }

    private void CheckDuration(YamlNode node, Kind.Duration kind)
    {
        const string Examples = "Write 30s, 10m, 1h30m or 2d (at most 30d).";

        if (AsText(node, "a span of time") is not { } text)
            return;

        if (Durations.Parse(text) is not { } span)
            problems.Add(node.At, $"{node.Sort} is not a span of time.", Examples);
        else if (kind.Least is { } least && span < Durations.Parse(least))
            problems.Add(node.At, $"{node.Sort} is shorter than {least}.", $"Write {least} or more.");
    }

    private void CheckNumber(YamlNode node, Kind.Number kind)
    {
        if (AsText(node, "a whole number") is not { } text)
            return;

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            problems.Add(node.At, $"{node.Sort} is not a whole number.");
        else if (number < kind.Least || number > kind.Most)
            problems.Add(node.At, $"{number} is not between {kind.Least} and {kind.Most}.");
    }

    private void CheckCommand(YamlNode node)
    {
        if (node is not YamlList { Items: var words })
        {
            problems.Add(
                node.At,
                $"Here must be a command, not {node.Sort}.",
                "Write [program, argument, …]; there is no shell."
            );
        }
        else if (words.Count == 0)
        {
            problems.Add(node.At, "This command is empty.", "Write [program, argument, …].");
        }
        else
        {
            Each((YamlList)node, new Kind.Text());
        }
    }

    private void CheckList(YamlNode node, Kind.ListOf kind)
    {
        if (node is not YamlList list)
        {
            problems.Add(node.At, $"Here must be a list, not {node.Sort}.");
        }
        else if (list.Items.Count < kind.Least)
        {
            problems.Add(
                node.At,
                kind.Least == 1 ? "This list is empty." : $"Here must be at least {kind.Least} entries."
            );
        }
        else
        {
            Each(list, kind.Item);
        }
    }

    private void CheckMapOf(YamlNode node, Kind.MapOf kind)
    {
        if (node is not YamlMap map)
        {
            problems.Add(node.At, $"Here must be a mapping, not {node.Sort}.");
            return;
        }

        foreach (var (_, value) in map.Entries)
        {
            if (!kind.MayBeNull || value is not YamlScalar { IsNull: true })
                Check(value, kind.Value);
        }
    }

    private void Each(YamlList list, Kind kind)
    {
        foreach (var item in list.Items)
            Check(item, kind);
    }

    private string? AsText(YamlNode node, string wanted)
    {
        if (node is YamlScalar { IsNull: false } scalar)
            return scalar.Text;

        problems.Add(node.At, $"Here must be {wanted}, not {node.Sort}.");
        return null;
    }

    private static bool IsDecimal(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number);
}
