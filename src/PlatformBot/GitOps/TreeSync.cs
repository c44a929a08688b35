using PlatformBot.Core;

namespace PlatformBot.GitOps;

/// <summary>What would happen to one file, as a path with slashes relative to both folders.</summary>
internal sealed record TreeChange(string Path, TreeChangeKind Kind);

internal enum TreeChangeKind
{
    Add,
    Update,

    /// <summary>It differs, but it lies where files are only ever added.</summary>
    Keep,
}

/// <summary>
/// Brings one folder's files into another: adds and updates, never removes. It writes below its target only and follows no
/// symbolic link out of either folder. Below <paramref name="keep"/> a file that is there is left as it is.
/// </summary>
/// <param name="keep">folders or files, relative and with slashes</param>
internal sealed class TreeSync(string from, string to, IReadOnlyList<string> keep)
{
    private readonly string _from = Path.GetFullPath(from);
    private readonly string _to = Path.GetFullPath(to);

    /// <summary>Everything that differs, in order of path; or why nothing may be written.</summary>
    public Result<TreeChange[]> Compare()
    {
        if (!Directory.Exists(_from))
            return new Refusal($"there is no folder {_from}", "name the folder that holds the tree to write");

        if (!Directory.Exists(_to))
            return new Refusal($"there is no folder {_to}", "clone the GitOps repository there first");

        if (IsWithin(_from, _to) || IsWithin(_to, _from))
        {
            return new Refusal(
                $"{_from} and {_to} lie in one another",
                "keep the checkout outside of what is copied into it"
            );
        }

        var changes = new List<TreeChange>();

        foreach (var path in Files())
        {
            if (path.Split('/').Contains(".git", StringComparer.OrdinalIgnoreCase))
                return new Refusal($"{path} would write into Git's own folder", "remove it from the tree");

            if (LinkOnTheWay(path) is { } link)
                return new Refusal($"{link} is a symbolic link", "a person removes it or makes it a folder");

            if (Change(path) is { } kind)
                changes.Add(new TreeChange(path, kind));
        }

        return changes.ToArray();
    }

    /// <summary>Writes what <see cref="Compare"/> found. A file is replaced whole or not at all.</summary>
    public void Apply(IEnumerable<TreeChange> changes)
    {
        foreach (var change in changes.Where(change => change.Kind is not TreeChangeKind.Keep))
        {
            var target = Path.Combine(_to, change.Path);
            var part = $"{target}.part";

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(_from, change.Path), part, overwrite: true);
            File.Move(part, target, overwrite: true);
        }
    }

    private IEnumerable<string> Files()
    {
        var everywhere = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };

        return Directory
            .EnumerateFiles(_from, "*", everywhere)
            .Select(file => Path.GetRelativePath(_from, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);
    }

    private TreeChangeKind? Change(string path)
    {
        var target = new FileInfo(Path.Combine(_to, path));

        if (!target.Exists)
            return TreeChangeKind.Add;

        var source = new FileInfo(Path.Combine(_from, path));
        var equal =
            source.Length == target.Length
            && File.ReadAllBytes(source.FullName).AsSpan().SequenceEqual(File.ReadAllBytes(target.FullName));

        if (equal)
            return null;

        return keep.Any(kept => path == kept || path.StartsWith($"{kept}/", StringComparison.Ordinal))
            ? TreeChangeKind.Keep
            : TreeChangeKind.Update;
    }

    private string? LinkOnTheWay(string path)
    {
        var here = _to;

        foreach (var part in path.Split('/'))
        {
            here = Path.Combine(here, part);

            if (new FileInfo(here).LinkTarget is not null)
                return here;
        }

        return null;
    }

    private static bool IsWithin(string folder, string other) =>
        $"{folder}/".StartsWith($"{other}/", StringComparison.Ordinal);
}
