using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PlatformBot.Sandbox.Twin.Kustomize;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace PlatformBot.Sandbox.Tools;

/// <summary>
/// mikefarah's yq, as far as the platform needs it: read a path, add to a list once, remove from it, set one field of the
/// document with a name. Edits change only the lines they must; comments stay.
/// </summary>
internal static partial class YqTool
{
    public static Tool Create() =>
        new("yq", "inplace,i version,V output-format,o=", "Error: {0}", [new Command("", "", RunAsync)]);

    private static async Task<int> RunAsync(ToolCall call, Flags flags)
    {
        if (flags.Given("version"))
        {
            call.PrintLine("yq (https://github.com/mikefarah/yq/) version v4.48.1");
            return 0;
        }

        if (flags.Words is not [var expression, var path])
            throw new ToolException("Error: the sandbox's yq wants one expression and one file");

        var text = await ReadAsync(call, path);

        if (!flags.IsOn("inplace"))
            call.Print(Read(text, path, expression));
        else
            await File.WriteAllTextAsync(call.PathOf(path), Edit(text, path, expression), call.Killed);

        return 0;
    }

    private static string Edit(string text, string path, string expression)
    {
        if (AddOnce().Match(expression) is { Success: true } add)
            return AddToList(text, path, add.Groups["list"].Value, add.Groups["item"].Value);

        if (Remove().Match(expression) is { Success: true } remove)
            return RemoveFromList(text, path, remove.Groups["list"].Value, remove.Groups["item"].Value);

        if (SetField().Match(expression) is { Success: true } set)
            return Set(text, path, set.Groups["name"].Value, set.Groups["field"].Value, set.Groups["value"].Value);

        throw new ToolException($"Error: 1:1: the sandbox's yq does not know how to do \"{expression}\"");
    }

    private static string AddToList(string text, string path, string list, string item)
    {
        var sequence = Documents(text, path)
            .Select(document => At(document, list))
            .OfType<YamlSequenceNode>()
            .FirstOrDefault();

        if (sequence?.Children.OfType<YamlScalarNode>().Any(child => child.Value == item) == true)
            return text;

        if (sequence is not { Children: [.., var last] })
            return $"{text.TrimEnd('\n')}\n{list}:\n  - {item}\n";

        // The new item stands below the last one, at the same indentation.
        var lineEnd = text.IndexOf('\n', (int)last.End.Index) is >= 0 and var end ? end : text.Length;
        var dash = new string(' ', (int)last.Start.Column - 3);
        return text.Insert(lineEnd, $"\n{dash}- {item}");
    }

    private static string RemoveFromList(string text, string path, string list, string item)
    {
        var sequence = Documents(text, path)
            .Select(document => At(document, list))
            .OfType<YamlSequenceNode>()
            .FirstOrDefault();
        var found = sequence?.Children.OfType<YamlScalarNode>().FirstOrDefault(child => child.Value == item);

        if (found is null)
            return text;

        var lineStart = text.LastIndexOf('\n', (int)found.Start.Index) + 1;
        var lineEnd = text.IndexOf('\n', (int)found.Start.Index) is >= 0 and var end ? end + 1 : text.Length;
        return text.Remove(lineStart, lineEnd - lineStart);
    }

    private static string Set(string text, string path, string name, string field, string value)
    {
        // From the end, so that earlier positions stay right.
        foreach (var document in Documents(text, path).Reverse())
        {
            if (At(document, "metadata.name") is not YamlScalarNode { Value: var found } || found != name)
                continue;

            var scalar =
                At(document, field) as YamlScalarNode
                ?? throw new ToolException(
                    $"Error: the sandbox's yq sets fields that exist; {field} of {name} does not"
                );
            text = text.Remove((int)scalar.Start.Index, (int)(scalar.End.Index - scalar.Start.Index))
                .Insert((int)scalar.Start.Index, value);
        }

        return text;
    }

    private static string Read(string text, string path, string expression)
    {
        if (!PathOnly().IsMatch(expression))
            throw new ToolException($"Error: 1:1: the sandbox's yq does not know how to read \"{expression}\"");

        var json = Json(text, path);
        var found = expression
            .Split('.', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(json, (node, part) => (node as JsonObject)?[part]);
        return found switch
        {
            null => "null\n",
            JsonValue value => $"{value}\n",
            _ => YamlText.Write(found)[4..],
        };
    }

    private static JsonNode? Json(string text, string path)
    {
        try
        {
            return YamlText.ReadAll(text) is [var first, ..] ? first : null;
        }
        catch (FormatException wrong)
        {
            throw new ToolException($"Error: bad file '{path}': {wrong.Message}");
        }
    }

    private static IEnumerable<YamlNode> Documents(string text, string path)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return [.. stream.Documents.Select(document => document.RootNode)];
        }
        catch (YamlException wrong)
        {
            throw new ToolException($"Error: bad file '{path}': yaml: line {wrong.Start.Line}: {wrong.Message}");
        }
    }

    private static YamlNode? At(YamlNode node, string path) =>
        path.Split('.').Aggregate((YamlNode?)node, (current, part) => Child(current, part));

    private static YamlNode? Child(YamlNode? node, string name) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(name), out var child)
            ? child
            : null;

    private static async Task<string> ReadAsync(ToolCall call, string path)
    {
        try
        {
            return await call.ReadAsync(path);
        }
        catch (IOException)
        {
            throw new ToolException($"Error: open {path}: no such file or directory");
        }
    }

    [GeneratedRegex(
        """^\.(?<list>[\w.]+) \|= \(\(\. \+ \["(?<item>[^"]+)"\]\) \| unique\)$""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex AddOnce();

    [GeneratedRegex(
        """^del\(\.(?<list>[\w.]+)\[\] \| select\(\. == "(?<item>[^"]+)"\)\)$""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Remove();

    [GeneratedRegex(
        """^\(select\(\.metadata\.name == "(?<name>[^"]+)"\) \| \.(?<field>[\w.]+)\) = "(?<value>[^"]*)"$""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex SetField();

    [GeneratedRegex(@"^(\.|(\.[\w-]+)+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PathOnly();
}
