using System.Text.RegularExpressions;
using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>
/// The texts that a step's processes find as files. Each is named after what is in it, so that a plan can say in its commands where
/// they will be.
/// </summary>
internal sealed partial class StepFiles(PlanPaths paths, Problems problems)
{
    /// <summary>How much of a text's digest is in its file's name.</summary>
    private const int Digits = 16;

    private const int Longest = 512 * 1024;

    /// <returns>the files, null when there are none, and the names that the step's other fields can use</returns>
    public (IReadOnlyList<PlannedFile>? Files, Scope Scope) Read(YamlMap body, Scope scope)
    {
        if (body.Map("files") is not { Entries: var entries } map || entries.Count == 0)
            return (null, scope);

        var files = entries
            .Where(entry => entry.Value is YamlMap)
            .Select(entry => File(entry.Key, (YamlMap)entry.Value, scope))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .ToArray();
        var named = files.Select(file => new YamlEntry(
            new YamlScalar(map.At, file.Name, plain: true),
            new YamlScalar(map.At, file.Path, plain: false)
        ));
        return (files, scope.With("files", new YamlMap(map.At, [.. named])));
    }

    private PlannedFile File(YamlScalar name, YamlMap file, Scope scope)
    {
        if (!NamePattern().IsMatch(name.Text))
        {
            problems.Add(name.At, $"{name.Sort} cannot be a file's name.", "Small letters, digits and dashes.");
        }

        var written = file.Scalar("text") ?? Template(file.Scalar("template"));
        var filled = written is null ? null : new Filling(scope, problems).Fill((YamlNode)written) as YamlScalar;
        var text = filled?.Text ?? "";
        // Some programs tell by it what is in a file.
        var ending = Path.GetExtension(file.Text("template"));

        // While a runbook is rehearsed nobody has typed anything: what cannot be told depends on what people type.
        if (filled is { IsUnknown: true })
        {
            problems.Add(
                name.At,
                $"What people type cannot be part of a file: it might not stay what {name.Sort} makes of it.",
                "Give it to the process as an argument."
            );
        }

        if (text.Length > Longest)
            problems.Add(name.At, $"The file {name.Sort} is larger than {Longest / 1024} KiB.");

        return new PlannedFile(
            name.Text,
            $"{paths.Runtime}/files/{Sha256.Of(text)[..Digits]}-{name.Text}{ending}",
            text
        );
    }

    private YamlScalar? Template(YamlScalar? path)
    {
        if (path is null || Runbooks.Template.IsIn(path.Text))
        {
            if (path is not null)
                problems.Add(path.At, "A template's path is written out.", "Make a step for each.");

            return null;
        }

        if (RootedFile.Find(paths.Root, path.Text, out var why) is not { } found)
        {
            problems.Add(path.At, $"The file {path.Sort} {why}");
            return null;
        }

        return YamlReader.Open(found, path.Text, problems) is { } source
            ? new YamlScalar(Place.StartOf(source), source.Text, plain: false)
            : null;
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,62}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamePattern();
}
