using System.Text;
using System.Text.RegularExpressions;

namespace PlatformBot.Sandbox.Tools;

/// <summary>
/// The part of Jinja that machine configurations use: <c>{{ name }}</c>, <c>{% if a == 'b' %}</c> with else, and
/// comments, with trim_blocks and lstrip_blocks.
/// </summary>
internal sealed partial class MiniJinja(string name, IReadOnlyDictionary<string, string> values, bool strict)
{
    /// <exception cref="ToolException">The template is wrong, or strict and a name has no value.</exception>
    public string Render(string template, bool trimBlocks, bool lstripBlocks)
    {
        var text = new StringBuilder();
        // One entry per open block: whether its text shows.
        var shown = new Stack<bool>();
        var at = 0;

        foreach (Match tag in Tag().Matches(template))
        {
            Show(text, shown, Between(template, at, tag, lstripBlocks));
            at = tag.Index + tag.Length;

            if (tag.Groups["expression"].Success)
                Show(text, shown, Value(template, tag, shown));
            else if (tag.Groups["statement"].Success)
                Block(template, tag, shown);

            at = SkipAfter(template, tag, at, trimBlocks);
        }

        if (shown.Count > 0)
            throw Wrong(template, template.Length, "syntax error: unexpected end of input, expected end of block");

        return text.Append(template.AsSpan(at)).ToString();
    }

    private static void Show(StringBuilder text, Stack<bool> shown, string part)
    {
        if (shown.All(open => open))
            text.Append(part);
    }

    private static string Between(string template, int start, Match tag, bool lstripBlocks)
    {
        var part = template[start..tag.Index];

        if (tag.Groups["before"].Value == "-")
            return part.TrimEnd();

        // A block alone on its line takes its indentation with it.
        var lineStart = part.LastIndexOf('\n') + 1;
        var isBlock = !tag.Groups["expression"].Success;
        return lstripBlocks && isBlock && string.IsNullOrWhiteSpace(part[lineStart..]) ? part[..lineStart] : part;
    }

    private static int SkipAfter(string template, Match tag, int at, bool trimBlocks)
    {
        if (tag.Groups["after"].Value == "-")
        {
            while (at < template.Length && char.IsWhiteSpace(template[at]))
                at++;
        }
        else if (trimBlocks && !tag.Groups["expression"].Success && at < template.Length && template[at] == '\n')
        {
            at++;
        }

        return at;
    }

    private string Value(string template, Match tag, Stack<bool> shown)
    {
        var expression = tag.Groups["expression"].Value.Trim();

        if (values.TryGetValue(expression, out var value))
            return value;

        if (!Name().IsMatch(expression))
            throw Wrong(template, tag.Index, $"syntax error: unexpected expression `{expression}`");

        return strict && shown.All(open => open) ? throw Undefined(template, tag, expression) : "";
    }

    private void Block(string template, Match tag, Stack<bool> shown)
    {
        var statement = tag.Groups["statement"].Value.Trim();

        if (statement == "endif" && shown.Count > 0)
            shown.Pop();
        else if (statement == "else" && shown.Count > 0)
            shown.Push(!shown.Pop());
        else if (If().Match(statement) is { Success: true } condition)
            shown.Push(Holds(template, tag, condition, shown));
        else
            throw Wrong(template, tag.Index, $"syntax error: unknown statement {statement.Split(' ')[0]}");
    }

    private bool Holds(string template, Match tag, Match condition, Stack<bool> shown)
    {
        var variable = condition.Groups["name"].Value;

        if (!values.TryGetValue(variable, out var value) && strict && shown.All(open => open))
            throw Undefined(template, tag, variable);

        return condition.Groups["operator"].Value switch
        {
            "==" => value == condition.Groups["text"].Value,
            "!=" => value != condition.Groups["text"].Value,
            _ => !string.IsNullOrEmpty(value),
        };
    }

    private ToolException Undefined(string template, Match tag, string variable)
    {
        var number = LineOf(template, tag.Index);
        var lines = template.Split('\n');
        var column = tag.Index - (template.LastIndexOf('\n', Math.Max(0, tag.Index - 1)) + 1);
        var marks = new string(' ', column + 3) + new string('^', variable.Length);
        return new ToolException(
            $"""
            error: undefined value (in {name}:{number})
            {Rule(name)}
            {number, 4} > {lines[number - 1]}
                 i {marks} undefined value
            {Rule("")}
            """
        );
    }

    private ToolException Wrong(string template, int at, string message) =>
        new($"error: {message} (in {name}:{LineOf(template, at)})");

    private static string Rule(string title)
    {
        var middle = title.Length == 0 ? "" : $" {title} ";
        var left = (79 - middle.Length) / 2;
        return new string('-', left) + middle + new string('-', 79 - middle.Length - left);
    }

    private static int LineOf(string template, int at) =>
        template.AsSpan(0, Math.Min(at, template.Length)).Count('\n') + 1;

    [GeneratedRegex(
        @"\{\{(?<before>-?)(?<expression>.*?)(?<after>-?)\}\}|\{%(?<before>-?)(?<statement>.*?)(?<after>-?)%\}|\{\#(?<before>-?)(?<comment>.*?)(?<after>-?)\#\}",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Tag();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    [GeneratedRegex(
        @"^if\s+(?<name>[A-Za-z_]\w*)(\s*(?<operator>==|!=)\s*(?<quote>['""])(?<text>.*?)\k<quote>)?$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex If();
}

/// <summary>minijinja-cli: renders one template with values from the command line.</summary>
internal static class MiniJinjaTool
{
    public static Tool Create() =>
        new(
            "minijinja-cli",
            "strict,s trim-blocks lstrip-blocks autoescape,a= define,D= version,V",
            "error: {0}",
            [new Command("", "", RunAsync)]
        );

    private static async Task<int> RunAsync(ToolCall call, Flags flags)
    {
        if (flags.Given("version"))
        {
            call.PrintLine("minijinja-cli 2.12.0");
            return 0;
        }

        var file = flags.Words.FirstOrDefault() ?? "-";
        var template = await ReadTemplateAsync(call, file);
        var values = flags
            .All("define")
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair.Length == 2 ? pair[1] : "true");
        var jinja = new MiniJinja(Path.GetFileName(file), values, flags.IsOn("strict"));
        call.Print(jinja.Render(template, flags.IsOn("trim-blocks"), flags.IsOn("lstrip-blocks")));
        return 0;
    }

    private static async Task<string> ReadTemplateAsync(ToolCall call, string file)
    {
        try
        {
            return await call.ReadAsync(file);
        }
        catch (IOException)
        {
            throw new ToolException($"error: template not found: template \"{file}\" does not exist");
        }
    }
}
