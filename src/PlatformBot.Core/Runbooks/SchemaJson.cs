using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PlatformBot.Core.Runbooks;

/// <summary>The runbook language as JSON Schema 2020-12, from the same table that reads the files: editors complete and check with it.</summary>
public static class SchemaJson
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    /// <summary>The field that tells what a file is, and its shape.</summary>
    private static readonly (string Field, Shape Shape)[] Files =
    [
        ("command", Shapes.Runbook),
        ("phase", Shapes.Phase),
        ("part", Shapes.Part),
        ("tool", Shapes.Tool),
        ("clusters", Shapes.Inventory),
    ];

    public static string Write()
    {
        var definitions = new JsonObject();

        foreach (var (_, shape) in Files)
            Define(shape, definitions);

        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "PlatformBot's catalogue: runbooks, phases, parts, tools and the inventory",
            ["type"] = "object",
            ["anyOf"] = Required(Files.Select(file => file.Field)),
            ["allOf"] = new JsonArray([.. Files.Select(file => FileRule(file.Field, file.Shape))]),
            ["$defs"] = definitions,
        };

        return schema.ToJsonString(Readable) + "\n";
    }

    private static JsonObject FileRule(string field, Shape shape) =>
        new()
        {
            ["if"] = new JsonObject { ["required"] = new JsonArray(field) },
            ["then"] = Reference(shape),
        };

    private static JsonObject Reference(Shape shape) => new() { ["$ref"] = $"#/$defs/{NameOf(shape)}" };

    private static string NameOf(Shape shape) =>
        shape == StepShapes.PartStep ? "step of a part" : shape.Called.Split(' ', 2)[^1];

    private static void Define(Shape shape, JsonObject definitions)
    {
        if (definitions.ContainsKey(NameOf(shape)))
            return;

        var properties = new JsonObject();
        var definition = new JsonObject
        {
            ["description"] = shape.Help,
            ["type"] = "object",
            ["properties"] = properties,
        };
        definitions[NameOf(shape)] = definition;

        foreach (var field in shape.Fields)
            properties[field.Name] = Described(Write(field.Kind, definitions), field.Help);

        if (shape.Fields.Any(field => field.Required))
            definition["required"] = Names(shape.Fields.Where(field => field.Required).Select(field => field.Name));

        if (shape.ExactlyOne.Count > 0)
            definition["oneOf"] = Required(shape.ExactlyOne);

        if (shape.AtLeastOne.Count > 0)
            definition["anyOf"] = Required(shape.AtLeastOne);

        definition["additionalProperties"] = shape.Others is { } others ? Write(others, definitions) : false;
    }

    private static JsonObject Write(Kind kind, JsonObject definitions) =>
        kind switch
        {
            Kind.Text => Words(),
            Kind.Form { Filled: true } form => new JsonObject
            {
                ["type"] = "string",
                ["pattern"] = $"({form.Pattern})|\\$\\{{\\{{",
            },
            Kind.Form form => new JsonObject { ["type"] = "string", ["pattern"] = form.Pattern.ToString() },
            Kind.Choice choice => new JsonObject { ["enum"] = Names(choice.Options) },
            Kind.Number number => new JsonObject
            {
                ["type"] = "integer",
                ["minimum"] = number.Least,
                ["maximum"] = number.Most,
            },
            Kind.Decimal => new JsonObject { ["type"] = "number" },
            Kind.Truth => new JsonObject { ["type"] = "boolean" },
            Kind.Duration => new JsonObject { ["type"] = "string", ["pattern"] = "^([0-9]{1,9}(ms|s|m|h|d))+$" },
            Kind.Command => Command(),
            Kind.Commands => new JsonObject { ["anyOf"] = new JsonArray(Command(), ListOf(Command(), 1)) },
            Kind.ListOf list => ListOf(Write(list.Item, definitions), list.Least),
            Kind.OneOrMany many => new JsonObject
            {
                ["anyOf"] = new JsonArray(Write(many.Item, definitions), ListOf(Write(many.Item, definitions), 0)),
            },
            Kind.MapOf map => new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = Value(map, definitions),
            },
            Kind.Mapping mapping => Refer(mapping.Shape, definitions),
            Kind.Either either => new JsonObject
            {
                ["if"] = new JsonObject { ["required"] = new JsonArray(either.Key) },
                ["then"] = Refer(either.With, definitions),
                ["else"] = Refer(either.Without, definitions),
            },
            _ => [],
        };

    private static JsonObject Refer(Shape shape, JsonObject definitions)
    {
        Define(shape, definitions);
        return Reference(shape);
    }

    private static JsonObject Value(Kind.MapOf map, JsonObject definitions) =>
        map.MayBeNull
            ? new JsonObject
            {
                ["anyOf"] = new JsonArray(Write(map.Value, definitions), new JsonObject { ["type"] = "null" }),
            }
            : Write(map.Value, definitions);

    /// <summary>Where text is expected, an unquoted number or truth value is text as well.</summary>
    private static JsonObject Words() => new() { ["type"] = Names(["string", "number", "boolean"]) };

    private static JsonObject Command() => ListOf(Words(), 1);

    private static JsonObject ListOf(JsonObject item, int least)
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = item };

        if (least > 0)
            list["minItems"] = least;

        return list;
    }

    private static JsonObject Described(JsonObject schema, string help)
    {
        schema["description"] = help;
        return schema;
    }

    private static JsonArray Required(IEnumerable<string> names) =>
        new([.. names.Select(name => new JsonObject { ["required"] = new JsonArray(name) })]);

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => JsonValue.Create(name))]);
}
