using System.Collections.Concurrent;
using PlatformBot.Sandbox.Twin.Git;

namespace PlatformBot.Sandbox.Tools.Git;

/// <summary>git, as far as a GitOps checkout with one branch needs it.</summary>
internal sealed class GitTool(GitRemote remote)
{
    private readonly ConcurrentDictionary<string, GitCheckout> _checkouts = [];

    public Tool Create() =>
        new(
            "git",
            "C= c= version",
            "error: {0}",
            [
                Command.Quick("", "", Version),
                Command.Quick("clone", "branch,b= depth=", Clone),
                Command.Quick("fetch", "prune,p quiet,q", Fetch),
                Command.Quick("status", "porcelain branch,b short,s", Status),
                Command.Quick("add", "all,A", Add),
                Command.Quick("diff", "cached staged quiet name-only", Diff),
                Command.Quick("commit", "message,m= all,a quiet,q", Commit),
                Command.Quick("push", "dry-run,n quiet,q", Push),
                Command.Quick("pull", "rebase,r quiet,q autostash", Pull),
                Command.Quick("rev-parse", "short verify", RevParse),
                Command.Quick("ls-tree", "r name-only", ListTree),
                Command.Quick("log", "1 max-count,n= format= pretty= oneline", Log),
            ]
        );

    /// <summary>Makes a folder a checkout of the remote, as a person did before the bot came.</summary>
    public void Prepare(string folder) => _checkouts[Path.GetFullPath(folder)] = GitCheckout.Clone(folder, remote);

    private static int Version(ToolCall call, Flags flags)
    {
        if (!flags.Given("version"))
            throw new ToolException("usage: git [-C <path>] <command> [<args>]");

        call.PrintLine("git version 2.51.2");
        return 0;
    }

    private int Clone(ToolCall call, Flags flags)
    {
        var url = flags.Words.FirstOrDefault() ?? "";
        var folder = call.PathOf(flags.Words.ElementAtOrDefault(1) ?? "k8s-gitops");

        if (!GitRemote.IsThis(url))
            throw new ToolException($"fatal: repository '{url}' not found", 128);

        call.ComplainLine($"Cloning into '{folder}'...");
        Prepare(folder);
        return 0;
    }

    private int Fetch(ToolCall call, Flags flags)
    {
        var checkout = Open(call, flags);
        var before = checkout.Seen?.Sha;
        checkout.Fetch();

        if (before != checkout.Seen?.Sha)
        {
            call.ComplainLine(
                $"From {GitRemote.Url}\n   {Short(before)}..{Short(checkout.Seen?.Sha)}  main       -> origin/main"
            );
        }

        return 0;
    }

    private int Status(ToolCall call, Flags flags)
    {
        var checkout = Open(call, flags);

        if (flags.IsOn("branch"))
            call.PrintLine($"## main...origin/main{Distance(checkout)}");

        foreach (var change in checkout.Changes())
            call.PrintLine($"{change.Index}{change.Files} {change.Path}");

        return 0;
    }

    private int Add(ToolCall call, Flags flags)
    {
        var checkout = Open(call, flags);

        if (flags.IsOn("all") && flags.Words.Count == 0)
            checkout.AddAll();
        else
            checkout.Add(flags.Words);

        return 0;
    }

    private int Diff(ToolCall call, Flags flags)
    {
        if (!flags.IsOn("cached") && !flags.IsOn("staged"))
            throw new ToolException("the sandbox's git compares --cached only", 129);

        var staged = Open(call, flags).StagedPaths();

        if (flags.IsOn("name-only"))
            call.Print(string.Concat(staged.Select(path => $"{path}\n")));

        return flags.IsOn("quiet") && staged.Count > 0 ? 1 : 0;
    }

    private int Commit(ToolCall call, Flags flags)
    {
        var checkout = Open(call, flags);

        if (flags.IsOn("all"))
            checkout.Add(checkout.Changes().Where(change => change.Index != '?').Select(change => change.Path));

        var count = checkout.StagedPaths().Count;
        var commit = checkout.Commit(
            flags.Get("message") ?? throw new ToolException("Aborting commit due to empty commit message.")
        );

        if (commit is null)
        {
            call.PrintLine("On branch main\nnothing to commit, working tree clean");
            return 1;
        }

        call.PrintLine($"[main {Short(commit.Sha)}] {commit.Message}\n {count} file{(count == 1 ? "" : "s")} changed");
        return 0;
    }

    private int Push(ToolCall call, Flags flags)
    {
        if (flags.Words is not ["origin", "HEAD:main" or "main"])
            throw new ToolException("the sandbox's git pushes to origin HEAD:main only", 128);

        var checkout = Open(call, flags);
        var (before, after) = (checkout.Base?.Sha, checkout.HeadSha);
        var isEven = checkout.Ahead == 0;

        if (checkout.Push(flags.IsOn("dry-run")) is { } rejection)
        {
            call.ComplainLine(
                $"""
                To {GitRemote.Url}
                 ! [rejected]        HEAD -> main ({rejection})
                error: failed to push some refs to '{GitRemote.Url}'
                hint: Updates were rejected because the remote contains work that you do not
                hint: have locally. This is usually caused by another repository pushing to
                hint: the same ref. If you want to integrate the remote changes, use
                hint: 'git pull' before pushing again.
                hint: See the 'Note about fast-forwards' in 'git push --help' for details.
                """
            );
            return 1;
        }

        var arrived = flags.IsOn("dry-run") ? after : checkout.HeadSha;
        call.ComplainLine(
            isEven ? "Everything up-to-date" : $"To {GitRemote.Url}\n   {Short(before)}..{Short(arrived)}  HEAD -> main"
        );
        return 0;
    }

    private int Pull(ToolCall call, Flags flags)
    {
        var checkout = Open(call, flags);

        var isDirty =
            checkout.Changes().Any(change => change is { Index: not '?', Files: not ' ' })
            || checkout.StagedPaths().Count > 0;

        if (isDirty && !flags.IsOn("autostash"))
        {
            throw new ToolException(
                "error: cannot pull with rebase: You have unstaged changes.\nerror: Please commit or stash them.",
                128
            );
        }

        var before = checkout.HeadSha;
        var conflicts = isDirty ? checkout.PullWithAutostash() : checkout.PullWithRebase();

        if (conflicts.Count > 0)
        {
            call.Print(string.Concat(conflicts.Select(path => $"CONFLICT (content): Merge conflict in {path}\n")));
            throw new ToolException("error: could not apply the local commits; the checkout is as it was before");
        }

        call.PrintLine(
            before == checkout.HeadSha ? "Already up to date."
            : checkout.Ahead > 0 ? "Successfully rebased and updated refs/heads/main."
            : $"Updating {Short(before)}..{Short(checkout.HeadSha)}\nFast-forward"
        );
        return 0;
    }

    private int RevParse(ToolCall call, Flags flags)
    {
        var checkout = Open(call, flags);

        foreach (var reference in flags.Words)
        {
            var sha =
                checkout.Resolve(reference)
                ?? throw new ToolException(
                    $"fatal: ambiguous argument '{reference}': unknown revision or path not in the working tree.",
                    128
                );
            call.PrintLine(flags.IsOn("short") ? Short(sha) : sha);
        }

        return 0;
    }

    private int ListTree(ToolCall call, Flags flags)
    {
        var reference = flags.Words.FirstOrDefault() ?? "";
        var paths =
            Open(call, flags).PathsIn(reference)
            ?? throw new ToolException($"fatal: Not a valid object name {reference}", 128);

        foreach (var path in paths.Where(path => IsBelow(path, flags.Words.Skip(1).ToList())))
            call.PrintLine(path);

        return 0;
    }

    private int Log(ToolCall call, Flags flags)
    {
        var checkout = Open(call, flags);
        var sha =
            checkout.HeadSha
            ?? throw new ToolException("fatal: your current branch 'main' does not have any commits yet", 128);
        var format = flags.Get("format") ?? flags.Get("pretty", "");
        call.PrintLine(
            format.EndsWith("%H", StringComparison.Ordinal) ? sha
            : format.EndsWith("%s", StringComparison.Ordinal) ? checkout.HeadMessage
            : flags.IsOn("oneline") ? $"{Short(sha)} {checkout.HeadMessage}"
            : $"commit {sha}\n\n    {checkout.HeadMessage}"
        );
        return 0;
    }

    /// <summary>The checkout that -C (or the working directory) names; a folder marked by a clone of an earlier sandbox too.</summary>
    private GitCheckout Open(ToolCall call, Flags flags)
    {
        var folder = call.PathOf(flags.Get("C", "."));

        if (!Directory.Exists(folder))
            throw new ToolException($"fatal: cannot change to '{folder}': No such file or directory", 128);

        return _checkouts.TryGetValue(folder, out var checkout)
            ? checkout
            : throw new ToolException("fatal: not a git repository (or any of the parent directories): .git", 128);
    }

    private static string Distance(GitCheckout checkout) =>
        (checkout.Ahead, checkout.IsBehind) switch
        {
            (0, false) => "",
            (0, true) => " [behind 1]",
            (var ahead, false) => $" [ahead {ahead}]",
            (var ahead, true) => $" [ahead {ahead}, behind 1]",
        };

    private static bool IsBelow(string path, List<string> folders) =>
        folders.Count == 0
        || folders.Exists(folder =>
            path == folder || path.StartsWith($"{folder.TrimEnd('/')}/", StringComparison.Ordinal)
        );

    private static string Short(string? sha) => sha?[..7] ?? "0000000";
}
