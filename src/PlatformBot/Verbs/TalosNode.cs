using PlatformBot.Cli;
using PlatformBot.Core;
using PlatformBot.Core.Checks;

namespace PlatformBot.Verbs;

/// <summary>Asks one node by talosctl, as the verbs do that look and act in the same breath.</summary>
internal static class TalosNode
{
    /// <summary>What talosctl printed; its complaint when it did not end with 0.</summary>
    /// <param name="node">its address</param>
    public static async Task<Result<string>> AskAsync(
        string talosconfig,
        string node,
        IReadOnlyList<string> words,
        CancellationToken cancelled
    )
    {
        var result = await RunAsync(
            ["--talosconfig", talosconfig, "--nodes", node, "--endpoints", node, .. words],
            cancelled
        );
        return result.Exit == 0
            ? result.StdoutText
            : new Refusal(result.StderrText.Trim(), $"that is talosctl's answer to `{string.Join(' ', words)}`");
    }

    /// <summary>The program that this process would find itself, with its environment.</summary>
    private static Task<ProcessResult> RunAsync(IReadOnlyList<string> words, CancellationToken cancelled)
    {
        var own = ToolEnvironment.OfThisProcess();
        var runner = new ProcessRunner(
            new ToolPath(own.GetValueOrDefault("PATH", "")),
            new Redactor(),
            TimeProvider.System,
            MarkOf(own),
            directory: null,
            TimeSpan.FromSeconds(5)
        );
        return runner.RunAsync(new ProcessSpec { Argv = ["talosctl", .. words], Environment = own }, cancelled);
    }

    /// <summary>The mark of the bot that started this process, so that its next life finds what this one started.</summary>
    private static ProcessMark MarkOf(IReadOnlyDictionary<string, string> own) =>
        own.GetValueOrDefault(ProcessMark.Variable, "").Split('/') is [var owner, var life, ..]
            ? new ProcessMark(owner, life)
            : new ProcessMark("verb", $"{Guid.NewGuid():N}");
}
