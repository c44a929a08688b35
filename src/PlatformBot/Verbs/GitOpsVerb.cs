using System.CommandLine;
using PlatformBot.GitOps;

namespace PlatformBot.Verbs;

/// <summary><c>platformbot gitops sync</c>: brings the shipped tree into the GitOps checkout, without removing anything.</summary>
internal static class GitOpsVerb
{
    public static Command Make() => new("gitops", "Work on the GitOps checkout") { Sync() };

    private static Command Sync()
    {
        var from = new Option<string>("--from") { Description = "the folder to bring", Required = true };
        var to = new Option<string>("--to") { Description = "the checkout", Required = true };
        var keep = new Option<string[]>("--keep") { Description = "folders where files are added but never changed" };
        var check = new Option<bool>("--check")
        {
            Description = "change nothing; exit with 1 if something would change",
        };

        var verb = new Command("sync", "Add and update files; never remove any") { from, to, keep, check };

        verb.SetAction(parsed =>
            Run(
                new TreeSync(parsed.GetRequiredValue(from), parsed.GetRequiredValue(to), parsed.GetValue(keep) ?? []),
                parsed.GetValue(check),
                parsed.InvocationConfiguration
            )
        );

        return verb;
    }

    private static int Run(TreeSync sync, bool check, InvocationConfiguration streams)
    {
        if (!sync.Compare().Ok(out var changes, out var refusal))
        {
            streams.Error.WriteLine($"error: {refusal.Reason}; {refusal.Hint}");
            return 2;
        }

        if (!check)
            sync.Apply(changes);

        foreach (var change in changes)
            streams.Output.WriteLine($"{change.Kind.ToString().ToLowerInvariant(), -6} {change.Path}");

        var writes = changes.Count(change => change.Kind is not TreeChangeKind.Keep);
        streams.Output.WriteLine($"{writes} to write, {changes.Length - writes} kept");

        return check && writes > 0 ? 1 : 0;
    }
}
