using System.Text;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Chat;

/// <summary>
/// The commands of destructive steps as far as a post has room for them. Nothing harmless pushes out what is not: of each step
/// the beginning and the end stay, and what is left out is counted.
/// </summary>
internal static class CommandExcerpt
{
    private const int Room = 6000;
    private const int MostOfAStep = 1600;
    private const int MostCommands = 8;

    /// <param name="steps">the worst first</param>
    public static string Of(IReadOnlyList<PlannedStep> steps)
    {
        var text = new StringBuilder();

        for (var at = 0; at < steps.Count; at++)
        {
            var one = OfStep(steps[at]);

            if (text.Length > 0 && text.Length + one.Length > Room)
            {
                return text.Append($"\n… and of {Words.Count(steps.Count - at, "more step")}: in the file below")
                    .ToString();
            }

            text.Append(at == 0 ? one : $"\n{one}");
        }

        return text.ToString().TrimEnd('\n');
    }

    private static string OfStep(PlannedStep step)
    {
        var commands = CommandText.Of(step.Action);
        var shown = Ends(
            commands,
            MostCommands,
            left => $"# … {Words.Count(left, "more command")} in the file below …"
        );
        return $"# {step.Id}\n{Middle(CommandText.Folded(string.Join('\n', shown)))}\n";
    }

    /// <summary>A single command may be long, too.</summary>
    private static string Middle(string commands)
    {
        if (commands.Length <= MostOfAStep)
            return commands;

        var lines = commands.Split('\n').Select(line => Words.Cut(line, 200)).ToList();
        return string.Join(
            '\n',
            Ends(lines, 2 * MostCommands, left => $"# … {Words.Count(left, "more line")} in the file below …")
        );
    }

    /// <summary>The first and the last, with a word about those between.</summary>
    private static IEnumerable<string> Ends(IReadOnlyList<string> lines, int most, Func<int, string> left) =>
        lines.Count <= most ? lines : [.. lines.Take(most / 2), left(lines.Count - most), .. lines.TakeLast(most / 2)];
}
