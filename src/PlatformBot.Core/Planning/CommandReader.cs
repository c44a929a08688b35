using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>Reads argv lists: a known program, and arguments that no shell will see.</summary>
internal sealed class CommandReader(ToolBook tools, Problems problems)
{
    /// <summary>One command or several.</summary>
    public IReadOnlyList<IReadOnlyList<string>> ReadSeveral(YamlNode node) =>
        node is YamlList { Items: [YamlList, ..] several } ? [.. several.Select(Read)] : [Read(node)];

    public IReadOnlyList<string> Read(YamlNode node)
    {
        if (node is not YamlList { Items: [YamlScalar program, ..] words })
            return [];

        if (program.IsUnknown)
        {
            problems.Add(program.At, "The program must be named here; it cannot be filled in.");
        }
        else if (!tools.Knows(program.Text))
        {
            problems.Add(
                program.At,
                $"The program {program.Sort} has no file in tools/.",
                Suggestion.Cure(program.Text, tools.Names)
            );
        }

        foreach (
            var word in words.OfType<YamlScalar>().Where(word => word.Text.Contains('\0', StringComparison.Ordinal))
        )
        {
            problems.Add(word.At, "An argument cannot contain the character 0.");
        }

        return words.OfType<YamlScalar>().Select(word => word.Text).ToArray();
    }
}
