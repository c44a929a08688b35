namespace PlatformBot.Sandbox.Tools;

/// <summary>
/// A command line taken apart as Go's flag libraries do it. Written "nodes,n= insecure,i": names and short names of a flag,
/// "=" for those that take a value.
/// </summary>
internal sealed class Flags
{
    private readonly List<(string Name, string Value)> _given = [];

    private Flags() { }

    /// <summary>What is not a flag, in order.</summary>
    public List<string> Words { get; } = [];

    /// <summary>What follows "--".</summary>
    public IReadOnlyList<string> Rest { get; private set; } = [];

    /// <exception cref="UnknownFlagException">A flag is not one of these, or lacks its value.</exception>
    public static Flags Parse(IReadOnlyList<string> arguments, string known)
    {
        var table = Table(known);
        var flags = new Flags();

        for (var index = 0; index < arguments.Count; index++)
        {
            var argument = arguments[index];

            if (argument == "--")
            {
                flags.Rest = [.. arguments.Skip(index + 1)];
                break;
            }

            if (argument is "-" || !argument.StartsWith('-'))
            {
                flags.Words.Add(argument);
                continue;
            }

            var (written, value) = SplitValue(argument);

            if (!table.TryGetValue(written, out var flag))
                throw new UnknownFlagException($"unknown {Describe(argument, written)}");

            if (flag.TakesValue && value is null && ++index == arguments.Count)
                throw new UnknownFlagException($"flag needs an argument: {written}");

            flags._given.Add((flag.Name, value ?? (flag.TakesValue ? arguments[index] : "true")));
        }

        return flags;
    }

    /// <summary>Words before any check of flags: enough to find the sub-command.</summary>
    public static List<string> LooseWords(IReadOnlyList<string> arguments, string known)
    {
        var table = Table(known);
        var words = new List<string>();

        for (var index = 0; index < arguments.Count && arguments[index] != "--"; index++)
        {
            var (written, value) = SplitValue(arguments[index]);

            if (!arguments[index].StartsWith('-'))
                words.Add(arguments[index]);
            else if (value is null && table.TryGetValue(written, out var flag) && flag.TakesValue)
                index++;
        }

        return words;
    }

    public bool Given(string name) => _given.Exists(pair => pair.Name == name);

    public bool IsOn(string name, bool otherwise = false) =>
        _given.FindLastIndex(pair => pair.Name == name) is >= 0 and var at
            ? _given[at].Value is not "false"
            : otherwise;

    public string? Get(string name) =>
        _given.FindLastIndex(pair => pair.Name == name) is >= 0 and var at ? _given[at].Value : null;

    public string Get(string name, string otherwise) => Get(name) ?? otherwise;

    public IReadOnlyList<string> All(string name) =>
        [.. _given.Where(pair => pair.Name == name).Select(pair => pair.Value)];

    /// <summary>A list given by commas, by repeating the flag, or both.</summary>
    public IReadOnlyList<string> Many(string name) =>
        [.. All(name).SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries))];

    public TimeSpan Duration(string name, TimeSpan otherwise) =>
        Get(name) is { } text ? Durations.Parse(text) : otherwise;

    private static (string Written, string? Value) SplitValue(string argument)
    {
        if (!argument.StartsWith("--", StringComparison.Ordinal) && argument.Length > 2)
            return (argument[..2], argument[2] == '=' ? argument[3..] : argument[2..]);

        var at = argument.IndexOf('=', StringComparison.Ordinal);
        return at < 0 ? (argument, null) : (argument[..at], argument[(at + 1)..]);
    }

    private static string Describe(string argument, string written) =>
        written.StartsWith("--", StringComparison.Ordinal)
            ? $"flag: {written}"
            : $"shorthand flag: '{written[1]}' in {argument}";

    private static Dictionary<string, (string Name, bool TakesValue)> Table(string known)
    {
        var table = new Dictionary<string, (string, bool)>();

        foreach (var entry in known.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var names = entry.TrimEnd('=').Split(',');

            foreach (var name in names)
                table[name.Length == 1 ? $"-{name}" : $"--{name}"] = (names[0], entry.EndsWith('='));
        }

        return table;
    }
}

/// <summary>The command line has a flag that the tool does not have.</summary>
public sealed class UnknownFlagException(string message) : Exception(message);

/// <summary>Go's way to write time spans: 5m, 1h30m, 90s.</summary>
internal static class Durations
{
    /// <exception cref="ToolException">It is not a duration.</exception>
    public static TimeSpan Parse(string text)
    {
        var total = TimeSpan.Zero;
        var digits = 0;

        for (var index = 0; index < text.Length; index++)
        {
            if (char.IsAsciiDigit(text[index]))
                continue;

            if (index == digits || !long.TryParse(text[digits..index], out var number))
                throw new ToolException($"time: invalid duration \"{text}\"");

            var isMilliseconds = text[index..].StartsWith("ms", StringComparison.Ordinal);
            total += isMilliseconds ? TimeSpan.FromMilliseconds(number) : Unit(text, index) * number;
            index += isMilliseconds ? 1 : 0;
            digits = index + 1;
        }

        return digits == text.Length && text.Length > 0
            ? total
            : throw new ToolException($"time: invalid duration \"{text}\"");
    }

    private static TimeSpan Unit(string text, int index) =>
        text[index] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            _ => throw new ToolException($"time: unknown unit \"{text[index..]}\" in duration \"{text}\""),
        };
}
