using PlatformBot.Core;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runbooks;

namespace PlatformBot.Hosting;

/// <summary>
/// The files that commands name: a word, what follows its "=", each also without an "@" before it. A folder is none, neither is what a command
/// of the plan is there to change, nor the bot's own client configurations, which steps write again as they like.
/// </summary>
/// <param name="folder">where the tools are started</param>
internal sealed class NamedFiles(PlanPaths paths, string? folder, ToolBook book)
{
    private static readonly string[] NoFiles = ["/dev/", "/proc/", "/sys/"];

    private readonly string _folder = folder ?? Environment.CurrentDirectory;

    public IEnumerable<Pin> Of(Plan plan, IReadOnlyList<PlannedStep> steps)
    {
        var changed = plan
            .Steps.SelectMany(step => CommandsOf(step.Action).Concat(CommandsOf(step.Undoing?.Action)))
            .Where(book.Changes)
            .SelectMany(NamedBy)
            .ToHashSet();
        return steps
            .SelectMany(step => CommandsOf(step.Action))
            .SelectMany(NamedBy)
            .Distinct()
            .Except(changed)
            .Select(Look);
    }

    private static IEnumerable<IReadOnlyList<string>> CommandsOf(PlannedAction? action) =>
        action switch
        {
            PlannedAction.Run run => run.Commands,
            PlannedAction.Pipe pipe => pipe.Commands,
            _ => [],
        };

    private IEnumerable<string> NamedBy(IReadOnlyList<string> argv) =>
        argv.Skip(1).SelectMany(Readings).Select(Resolve).OfType<string>().Distinct();

    private static IEnumerable<string> Readings(string word) =>
        from reading in word.Split('=', 2) is [_, var value] ? new[] { word, value } : [word]
        from path in new[] { reading, reading.TrimStart('@') }
        select path;

    /// <summary>The file's full path; null when the word names none.</summary>
    private string? Resolve(string word)
    {
        if (word.Length == 0 || word.Contains('\0', StringComparison.Ordinal) || !LooksLikeAPath(word))
            return null;

        var path = Path.GetFullPath(word, _folder);

        if (IsBelow(path, paths.Runtime) || NoFiles.Any(each => path.StartsWith(each, StringComparison.Ordinal)))
            return null;

        // One that is not there yet counts where runbooks keep theirs; elsewhere it is any word with a slash in it.
        return File.Exists(path) || (IsOurs(word, path) && !Directory.Exists(path)) ? path : null;
    }

    private static bool LooksLikeAPath(string word) => word.AsSpan().IndexOfAny('/', '.') >= 0;

    private bool IsOurs(string word, string path) =>
        Path.IsPathRooted(word) && (IsBelow(path, paths.Repository) || IsBelow(path, paths.Root));

    private static bool IsBelow(string path, string folder) =>
        path.StartsWith($"{Path.TrimEndingDirectorySeparator(folder)}/", StringComparison.Ordinal);

    private Pin Look(string path)
    {
        var name = IsBelow(path, paths.Repository) ? Path.GetRelativePath(paths.Repository, path) : path;

        try
        {
            if (!File.Exists(path))
                return Pin.OfFile(name, sha256: null);

            using var bytes = File.OpenRead(path);
            return Pin.OfFile(name, Sha256.Of(bytes));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Pin.OfFile(name, sha256: null, error.Message);
        }
    }
}
