using System.Security.Cryptography;
using System.Text;

namespace PlatformBot.Sandbox.Twin.Git;

/// <summary>One commit: what the whole tree looked like after it.</summary>
/// <param name="Sha">40 hexadecimal digits</param>
/// <param name="Parent">null for the first one</param>
/// <param name="Tree">path with "/" → text</param>
public sealed record GitCommit(
    string Sha,
    string? Parent,
    string Message,
    DateTimeOffset At,
    IReadOnlyDictionary<string, string> Tree
);

/// <summary>What a push ended in: the new commit, or why the remote refused (words of git's own status column).</summary>
public sealed record GitPush(GitCommit? Commit, string? Rejection);

/// <summary>
/// The Git remote that both clusters follow: branches of commits, held in memory. As GitHub does, it takes a push only
/// when it builds on the branch's head. Safe for use from several threads.
/// </summary>
public sealed class GitRemote(TimeProvider clock, Faults faults)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, GitCommit> _commits = [];
    private readonly Dictionary<string, string> _branches = [];

    /// <summary>Where clients clone from.</summary>
    public const string Url = "https://github.com/monosense-io/k8s-gitops.git";

    /// <summary>True for every spelling of <see cref="Url"/> that a client may use (https or ssh, with or without ".git").</summary>
    public static bool IsThis(string url)
    {
        var bare = url.EndsWith(".git", StringComparison.Ordinal) ? url[..^4] : url;
        return bare
            is "https://github.com/monosense-io/k8s-gitops"
                or "ssh://git@github.com/monosense-io/k8s-gitops"
                or "git@github.com:monosense-io/k8s-gitops";
    }

    /// <summary>The newest commit of a branch; null when the branch does not exist.</summary>
    public GitCommit? Head(string branch)
    {
        lock (_gate)
            return _branches.TryGetValue(branch, out var sha) ? _commits[sha] : null;
    }

    public GitCommit? Find(string sha)
    {
        lock (_gate)
            return _commits.GetValueOrDefault(sha);
    }

    /// <summary>The text of one file in one commit; null when there is none.</summary>
    public string? Read(string sha, string path) => Find(sha)?.Tree.GetValueOrDefault(path);

    /// <summary>
    /// Adds a commit on top of <paramref name="parent"/>. Refused as "fetch first" when the branch has moved on meanwhile.
    /// </summary>
    public GitPush Push(string branch, string? parent, IReadOnlyDictionary<string, string> tree, string message)
    {
        lock (_gate)
        {
            var moved = _branches.GetValueOrDefault(branch) != parent;

            if (faults.Strikes("git/push-rejected") || moved)
                return new GitPush(Commit: null, "fetch first");

            var commit = Make(parent, tree, message);
            _commits[commit.Sha] = commit;
            _branches[branch] = commit.Sha;
            return new GitPush(commit, Rejection: null);
        }
    }

    /// <summary>Fills an empty remote with the files below a folder, as a person did long before the bot existed.</summary>
    public GitCommit Seed(string branch, string folder)
    {
        var tree = Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/.git/", StringComparison.Ordinal))
            .ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllText);

        lock (_gate)
        {
            var commit = Make(parent: null, tree, "Import");
            _commits[commit.Sha] = commit;
            _branches[branch] = commit.Sha;
            return commit;
        }
    }

    private GitCommit Make(string? parent, IReadOnlyDictionary<string, string> tree, string message)
    {
        var text = new StringBuilder($"{parent}\n{message}\n{clock.GetUtcNow():O}\n");

        foreach (var (path, content) in tree.OrderBy(file => file.Key, StringComparer.Ordinal))
            text.Append(path).Append('\0').Append(content).Append('\0');

        var sha = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..40];
        return new GitCommit(sha, parent, message, clock.GetUtcNow(), new Dictionary<string, string>(tree));
    }
}
