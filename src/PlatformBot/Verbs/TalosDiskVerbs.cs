using System.CommandLine;
using PlatformBot.Core;
using PlatformBot.Talos;

namespace PlatformBot.Verbs;

/// <summary>
/// <c>platformbot talos check-disk</c> and <c>wipe-disk</c>: talosctl wipes disks by the kernel's name, which differs from node to node and
/// from boot to boot. These find it by the disk's own name, in the same breath in which it is used.
/// </summary>
internal static class TalosDiskVerbs
{
    private static readonly Option<string> Talosconfig = new("--talosconfig")
    {
        Description = "the client configuration of the cluster",
        Required = true,
    };

    private static readonly Option<string[]> Disks = new("--disk")
    {
        Description = "ADDRESS=NAME: a node's address, and the disk's name below /dev/disk/by-id; several are allowed",
        Required = true,
    };

    private static readonly Option<long> AtLeast = new("--at-least-gb") { Description = "how large each is at least" };

    public static IEnumerable<Command> Make()
    {
        var check = new Command("check-disk", "Say whether disks are there, large enough, and not the nodes' own");
        var wipe = new Command(
            "wipe-disk",
            "Overwrite whole disks, after the same check, and look whether they are empty"
        );

        foreach (var verb in new[] { check, wipe })
        {
            verb.Add(Talosconfig);
            verb.Add(Disks);
            verb.Add(AtLeast);
            verb.SetAction((parsed, cancelled) => RunAsync(parsed, wipes: verb == wipe, cancelled));
        }

        return [check, wipe];
    }

    private static async Task<int> RunAsync(ParseResult parsed, bool wipes, CancellationToken cancelled)
    {
        foreach (var pair in parsed.GetRequiredValue(Disks).Select(text => text.Split('=', 2)))
        {
            var (node, link) = (pair[0], pair.ElementAtOrDefault(1) ?? "");
            var done = wipes
                ? await WipeAsync(parsed, node, link, cancelled)
                : await FindAsync(parsed, node, link, cancelled);

            if (!done.Ok(out _, out var refusal))
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(
                    $"error: {node}: {refusal.Reason}; {refusal.Hint}"
                );
                return 1;
            }
        }

        return 0;
    }

    /// <summary>ZEROES: Ceph keeps labels also in the middle of a disk, where a fast wipe leaves them.</summary>
    private static async Task<Result<string>> WipeAsync(
        ParseResult parsed,
        string node,
        string link,
        CancellationToken cancelled
    )
    {
        if (!(await FindAsync(parsed, node, link, cancelled)).Ok(out var name, out var refusal))
            return refusal;

        var wiped = await AskAsync(parsed, node, ["wipe", "disk", name, "--method", "ZEROES"], cancelled);

        if (!wiped.Ok(out _, out refusal))
            return refusal;

        if (!(await LookAsync(parsed, node, cancelled)).Ok(out var disks, out refusal))
            return refusal;

        if (disks.Content(name) is { Count: > 0 } left)
        {
            return new Refusal(
                $"{link} is {name}, and after it was overwritten it still carries {string.Join(", ", left)}",
                "look at the disk's health, then try again"
            );
        }

        await parsed.InvocationConfiguration.Output.WriteLineAsync($"{node}: {name} is overwritten and empty");
        return name;
    }

    /// <summary>The kernel's name of the disk, when it may be given away.</summary>
    private static async Task<Result<string>> FindAsync(
        ParseResult parsed,
        string node,
        string link,
        CancellationToken cancelled
    )
    {
        if (!(await LookAsync(parsed, node, cancelled)).Ok(out var disks, out var refusal))
            return refusal;

        if (!disks.Free(link, parsed.GetValue(AtLeast) * 1_000_000_000).Ok(out var name, out refusal))
            return refusal;

        var content = disks.Content(name) is { Count: > 0 } found ? string.Join(", ", found) : "nothing";
        await parsed.InvocationConfiguration.Output.WriteLineAsync($"{node}: {link} is {name}; on it: {content}");
        return name;
    }

    private static async Task<Result<NodeDisks>> LookAsync(ParseResult parsed, string node, CancellationToken cancelled)
    {
        var answers = await Task.WhenAll(
            NodeDisks.Resources.Select(resource =>
                AskAsync(parsed, node, ["get", resource, "--output", "json"], cancelled)
            )
        );
        var texts = new List<string>();

        foreach (var answer in answers)
        {
            if (!answer.Ok(out var text, out var refusal))
                return refusal;

            texts.Add(text);
        }

        return NodeDisks.Read(texts);
    }

    private static Task<Result<string>> AskAsync(
        ParseResult parsed,
        string node,
        IReadOnlyList<string> words,
        CancellationToken cancelled
    ) => TalosNode.AskAsync(parsed.GetRequiredValue(Talosconfig), node, words, cancelled);
}
