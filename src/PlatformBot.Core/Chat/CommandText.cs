using System.Text;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Chat;

/// <summary>How commands are written for people: as one would type them. For reading only; nothing is ever run from this text.</summary>
public static class CommandText
{
    /// <summary>Where a line is full; a single word may be longer.</summary>
    private const int Column = 74;

    public static string Of(IEnumerable<string> argv) => string.Join(' ', argv.Select(Quoted));

    /// <summary>What an action does, one line each.</summary>
    public static IReadOnlyList<string> Of(PlannedAction action) =>
        action switch
        {
            PlannedAction.Run run => [.. run.Commands.Select(Of)],
            PlannedAction.Pipe pipe => [string.Join(" \\\n  | ", pipe.Commands.Select(Of))],
            PlannedAction.Apply apply => [.. apply.Objects.Select(json => $"apply to {apply.Cluster}: {Name(json)}")],
            PlannedAction.Patch patch =>
            [
                .. Marked("label", patch, patch.Labels),
                .. Marked("annotate", patch, patch.Annotations),
                .. patch.Body is null
                    ? []
                    : new[] { $"{patch.Type} patch {patch.Object} on {patch.Cluster}: {patch.Body}" },
            ],
            PlannedAction.Delete delete => [$"delete {delete.Object} on {delete.Cluster}, {Owned(delete.Propagation)}"],
            PlannedAction.Wait wait => [$"wait on {wait.For.Cluster} for {wait.For.Object}: {wait.For.For}"],
            PlannedAction.Exec exec => [Of(exec.Command)],
            PlannedAction.Query query => [$"query {query.Ask.Service} on {query.Ask.Cluster}: {query.Ask.Promql}"],
            PlannedAction.Http http => [Of(http.Request)],
            PlannedAction.Manual manual => [$"a person: {manual.Ask}"],
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>"in pod db/pg-1 on infra: psql -c 'select 1'", with what it reads on the lines below.</summary>
    public static string Of(PlannedExec exec)
    {
        var line = $"in {exec.Place} on {exec.Cluster}: {Of(exec.Argv)}";
        return exec.Stdin is null
            ? line
            : $"{line} <<\n  {exec.Stdin.TrimEnd('\n').Replace("\n", "\n  ", StringComparison.Ordinal)}";
    }

    /// <summary>"POST https://example.org/ (as op://vault/item/token)", with its headers and what it sends on the lines below.</summary>
    private static string Of(PlannedRequest request)
    {
        var line = request.Bearer is null ? $"{request}" : $"{request} (as {request.Bearer})";
        var below = request.Headers.Select(header => $"{header.Key}: {header.Value}").Append(request.Body ?? "");
        return $"{line}\n{string.Join('\n', below)}".TrimEnd().Replace("\n", "\n  ", StringComparison.Ordinal);
    }

    /// <summary>Long lines continued on the next, as in a shell script, so that a command can be read to its end.</summary>
    public static string Folded(string commands) => string.Join('\n', commands.Split('\n').Select(Fold));

    private static string Fold(string line)
    {
        var indent = line.Length - line.TrimStart().Length;
        var text = new StringBuilder(line.Length + 32).Append(' ', indent);
        var used = indent;

        foreach (var word in Units(line.Trim().Split(' ')))
        {
            // A pipe's own line end needs no second one.
            if (used > indent && used + word.Length + 3 > Column && word != "\\")
            {
                text.Append(" \\\n").Append(' ', indent + 4);
                used = indent + 4;
            }
            else if (used > indent)
            {
                text.Append(' ');
                used++;
            }

            text.Append(word);
            used += word.Length;
        }

        return text.ToString();
    }

    /// <summary>An option stays with its value.</summary>
    private static IEnumerable<string> Units(string[] words)
    {
        for (var at = 0; at < words.Length; at++)
        {
            var isPair =
                words[at].StartsWith('-') && at + 1 < words.Length && words[at + 1] is [not ('-' or '|' or '\\'), ..];
            yield return isPair ? $"{words[at]} {words[++at]}" : words[at];
        }
    }

    private static string Quoted(string word) =>
        word.Length > 0
        && word.All(letter =>
            char.IsAsciiLetterOrDigit(letter) || "-_./:=,@%+^".Contains(letter, StringComparison.Ordinal)
        )
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>"annotate namespace default on infra: a=b c-" ; a dash takes one away.</summary>
    private static IEnumerable<string> Marked(
        string verb,
        PlannedAction.Patch patch,
        IReadOnlyDictionary<string, string?> marks
    )
    {
        if (marks.Count == 0)
            yield break;

        var pairs = marks.Select(mark => mark.Value is null ? $"{mark.Key}-" : $"{mark.Key}={mark.Value}");
        yield return $"{verb} {patch.Object} on {patch.Cluster}: {string.Join(' ', pairs)}";
    }

    private static string Owned(string propagation) =>
        propagation switch
        {
            "Orphan" => "leaving what it owns",
            "Foreground" => "after all that it owns",
            _ => "and all that it owns",
        };

    private static string Name(string json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        var root = document.RootElement;
        var metadata = root.GetProperty("metadata");
        var space = metadata.TryGetProperty("namespace", out var found) ? found.GetString() + "/" : "";
        return $"{root.GetProperty("kind").GetString()} {space}{metadata.GetProperty("name").GetString()}";
    }
}
