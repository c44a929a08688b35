using System.CommandLine;
using PlatformBot.Core;
using PlatformBot.Upgrades;

namespace PlatformBot.Verbs;

/// <summary>
/// <c>platformbot talos go-back</c>: <c>talosctl rollback</c> boots the other slot, whatever is in it. A node that has left the new version by
/// itself, or never had it, would get it by that. So this looks first.
/// </summary>
internal static class TalosBackVerb
{
    public static Command Make()
    {
        var config = new Option<string>("--talosconfig")
        {
            Description = "the client configuration of the cluster",
            Required = true,
        };
        var node = new Option<string>("--node") { Description = "its address", Required = true };
        var from = new Option<string>("--from") { Description = "the release to leave: 1.11.3", Required = true };
        var verb = new Command("go-back", "Let a node that runs a release boot the one before; any other is left alone")
        {
            config,
            node,
            from,
        };
        verb.SetAction(
            async (parsed, cancelled) =>
                Filter.Print(
                    parsed,
                    await GoAsync(
                        parsed.GetRequiredValue(config),
                        parsed.GetRequiredValue(node),
                        parsed.GetRequiredValue(from),
                        cancelled
                    )
                )
        );
        return verb;
    }

    private static async Task<Result<string>> GoAsync(
        string config,
        string node,
        string from,
        CancellationToken cancelled
    )
    {
        var version = await TalosNode.AskAsync(config, node, ["version", "--short"], cancelled);

        if (!version.Ok(out var text, out var refusal))
            return refusal;

        // The client's own version comes first.
        if (Release.In(text[(text.IndexOf("Server:", StringComparison.Ordinal) + 1)..]) is not { } runs)
            return new Refusal($"{node} does not say which version it runs", "look at `talosctl version`");

        if (runs != Release.In(from))
            return $"{node} runs {runs}: there is nothing to go back from";

        return (await TalosNode.AskAsync(config, node, ["rollback"], cancelled)).Ok(out _, out refusal)
            ? $"{node} leaves {runs} and boots the version before"
            : refusal;
    }
}
