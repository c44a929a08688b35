using System.Security.Cryptography;
using System.Text;
using PlatformBot.Sandbox.Twin.Git;

namespace PlatformBot.Sandbox.Tools.Git;

/// <summary>A commit that has not been pushed yet.</summary>
internal sealed record LocalCommit(string Sha, string Message, IReadOnlyDictionary<string, string> Tree);

/// <summary>One file that differs.</summary>
/// <param name="Index">how the index differs from HEAD: A, M, D or blank</param>
/// <param name="Files">how the working tree differs from the index: M, D or blank; "??" shows as '?' twice</param>
internal sealed record GitChange(string Path, char Index, char Files);

/// <summary>
/// A checkout of the twin's Git remote: real files in a folder, and what git would keep in its .git folder (index, local
/// commits, the last seen state of the remote). One branch, main.
/// </summary>
internal sealed class GitCheckout
{
    private readonly string _folder;
    private readonly GitRemote _remote;
    private readonly List<LocalCommit> _unpushed = [];
    private Dictionary<string, string> _index;

    private GitCheckout(string folder, GitRemote remote)
    {
        (_folder, _remote) = (folder, remote);
        Base = Seen = remote.Head("main");
        _index = new(TreeOf(Base));
    }

    /// <summary>The remote's commit that the local ones build on; null = the remote was empty.</summary>
    public GitCommit? Base { get; private set; }

    /// <summary>origin/main as of the last fetch.</summary>
    public GitCommit? Seen { get; private set; }

    public int Ahead => _unpushed.Count;

    public bool IsBehind => Seen?.Sha != Base?.Sha;

    public string? HeadSha => _unpushed is [.., var last] ? last.Sha : Base?.Sha;

    public string HeadMessage => _unpushed is [.., var last] ? last.Message : Base?.Message ?? "";

    private IReadOnlyDictionary<string, string> HeadTree => _unpushed is [.., var last] ? last.Tree : TreeOf(Base);

    /// <summary>Makes a folder a checkout: writes the remote's files and a .git folder that marks it as one.</summary>
    public static GitCheckout Clone(string folder, GitRemote remote)
    {
        Directory.CreateDirectory(Path.Combine(folder, ".git"));
        File.WriteAllText(Path.Combine(folder, ".git", "HEAD"), "ref: refs/heads/main\n");
        var checkout = new GitCheckout(folder, remote);
        checkout.WriteFiles(new Dictionary<string, string>(), TreeOf(checkout.Base));
        return checkout;
    }

    public void Fetch() => Seen = _remote.Head("main");

    public void Add(IEnumerable<string> paths)
    {
        var files = ReadFiles();

        foreach (var path in paths)
        {
            bool IsMeant(string file) =>
                path is "." or "" || file == path || file.StartsWith($"{path.TrimEnd('/')}/", StringComparison.Ordinal);

            if (!files.Keys.Concat(_index.Keys).Any(IsMeant))
                throw new ToolException($"fatal: pathspec '{path}' did not match any files", 128);

            foreach (var gone in _index.Keys.Where(IsMeant).Where(file => !files.ContainsKey(file)).ToList())
                _index.Remove(gone);

            foreach (var (file, text) in files.Where(pair => IsMeant(pair.Key)))
                _index[file] = text;
        }
    }

    public void AddAll() => _index = ReadFiles();

    /// <summary>Commits the index; null when it equals HEAD.</summary>
    public LocalCommit? Commit(string message)
    {
        if (StagedPaths().Count == 0)
            return null;

        var tree = new Dictionary<string, string>(_index);
        var commit = new LocalCommit(ShaOf(HeadSha, message, tree), message, tree);
        _unpushed.Add(commit);
        return commit;
    }

    public IReadOnlyList<string> StagedPaths() => Differing(HeadTree, _index);

    public IReadOnlyList<GitChange> Changes()
    {
        var files = ReadFiles();
        return
        [
            .. Differing(HeadTree, _index)
                .Union(Differing(_index, files))
                .Order(StringComparer.Ordinal)
                .Select(path => ChangeOf(path, files))
                // Untracked files come last, as git prints them.
                .OrderBy(change => change.Index == '?'),
        ];
    }

    /// <summary>Sends the local commits, unless the remote has moved on: then its words, else null.</summary>
    public string? Push(bool dryRun)
    {
        if (_remote.Head("main")?.Sha != Base?.Sha)
            return "fetch first";

        while (!dryRun && _unpushed is [var first, ..])
        {
            var pushed = _remote.Push("main", Base?.Sha, first.Tree, first.Message);

            if (pushed.Commit is null)
                return pushed.Rejection;

            _unpushed.RemoveAt(0);
            Base = Seen = pushed.Commit;
        }

        return null;
    }

    /// <summary>Fetches and puts the local commits on top; the paths that both sides changed when that cannot be done.</summary>
    public IReadOnlyList<string> PullWithRebase()
    {
        Fetch();
        var theirs = Differing(TreeOf(Base), TreeOf(Seen));
        var conflicts = Differing(TreeOf(Base), HeadTree).Intersect(theirs).ToList();

        if (conflicts.Count > 0 || !IsBehind)
            return conflicts;

        var before = HeadTree;
        var tree = TreeOf(Base);
        Base = Seen;

        for (var index = 0; index < _unpushed.Count; index++)
        {
            var commit = _unpushed[index];
            var moved = Replay(tree, commit.Tree, index == 0 ? TreeOf(Base) : _unpushed[index - 1].Tree);
            tree = commit.Tree;
            _unpushed[index] = new LocalCommit(ShaOf(Base?.Sha, commit.Message, moved), commit.Message, moved);
        }

        _index = new(HeadTree);
        WriteFiles(before, HeadTree);
        return [];
    }

    /// <summary>
    /// Puts what is not committed aside, pulls, and puts it back. As git does, it leaves what was staged unstaged, unless the file is
    /// new; and it keeps back what the other side has changed, too.
    /// </summary>
    public IReadOnlyList<string> PullWithAutostash()
    {
        var (head, files) = (HeadTree, ReadFiles());
        var changed = Differing(head, files).Where(path => head.ContainsKey(path) || _index.ContainsKey(path)).ToList();
        var clean = new Dictionary<string, string>(files);

        foreach (var path in changed)
        {
            clean.Remove(path);

            if (head.TryGetValue(path, out var text))
                clean[path] = text;
        }

        WriteFiles(files, clean);
        _index = new(head);
        var conflicts = PullWithRebase();

        foreach (var path in changed.Where(path => HeadTree.GetValueOrDefault(path) == head.GetValueOrDefault(path)))
            PutBack(path, files.GetValueOrDefault(path), isNew: !head.ContainsKey(path));

        return conflicts;
    }

    private void PutBack(string path, string? text, bool isNew)
    {
        var now = ReadFiles();
        var then = new Dictionary<string, string>(now);
        then.Remove(path);

        if (text is not null)
            then[path] = text;

        WriteFiles(now, then);

        if (isNew && text is not null)
            _index[path] = text;
    }

    /// <summary>The paths in a commit: HEAD or origin/main; null when there is no such thing.</summary>
    public IEnumerable<string>? PathsIn(string reference) =>
        reference switch
        {
            "HEAD" or "main" => HeadTree.Keys.Order(StringComparer.Ordinal),
            "origin/main" => TreeOf(Seen).Keys.Order(StringComparer.Ordinal),
            _ => null,
        };

    public string? Resolve(string reference) =>
        reference switch
        {
            "HEAD" or "main" => HeadSha,
            "origin/main" => Seen?.Sha,
            _ => null,
        };

    private GitChange ChangeOf(string path, Dictionary<string, string> files)
    {
        var (inHead, inIndex, inFiles) = (
            HeadTree.GetValueOrDefault(path),
            _index.GetValueOrDefault(path),
            files.GetValueOrDefault(path)
        );

        if (inHead is null && inIndex is null)
            return new GitChange(path, '?', '?');

        return new GitChange(path, Letter(inHead, inIndex), Letter(inIndex, inFiles));
    }

    private static char Letter(string? before, string? after) =>
        before == after ? ' '
        : before is null ? 'A'
        : after is null ? 'D'
        : 'M';

    private static Dictionary<string, string> Replay(
        IReadOnlyDictionary<string, string> from,
        IReadOnlyDictionary<string, string> to,
        IReadOnlyDictionary<string, string> onto
    )
    {
        var tree = new Dictionary<string, string>(onto);

        foreach (var path in Differing(from, to))
        {
            if (to.TryGetValue(path, out var text))
                tree[path] = text;
            else
                tree.Remove(path);
        }

        return tree;
    }

    private static List<string> Differing(
        IReadOnlyDictionary<string, string> one,
        IReadOnlyDictionary<string, string> other
    ) => [.. one.Keys.Union(other.Keys).Where(path => one.GetValueOrDefault(path) != other.GetValueOrDefault(path))];

    private Dictionary<string, string> ReadFiles()
    {
        var git = Path.Combine(_folder, ".git") + Path.DirectorySeparatorChar;
        return Directory
            .EnumerateFiles(_folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.StartsWith(git, StringComparison.Ordinal))
            .ToDictionary(file => Path.GetRelativePath(_folder, file), File.ReadAllText);
    }

    private void WriteFiles(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after)
    {
        foreach (var path in Differing(before, after))
        {
            var file = Path.Combine(_folder, path);

            if (!after.TryGetValue(path, out var text))
            {
                File.Delete(file);
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
    }

    private static IReadOnlyDictionary<string, string> TreeOf(GitCommit? commit) =>
        commit?.Tree ?? new Dictionary<string, string>();

    private static string ShaOf(string? parent, string message, Dictionary<string, string> tree)
    {
        var text = new StringBuilder($"{parent}\n{message}\n");

        foreach (var (path, content) in tree.OrderBy(file => file.Key, StringComparer.Ordinal))
            text.Append(path).Append('\0').Append(content).Append('\0');

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..40];
    }
}
