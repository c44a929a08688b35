using System.CommandLine;
using PlatformBot.Core;

namespace PlatformBot.Verbs;

/// <summary>Shows what the bot says, as text for a terminal or a file.</summary>
internal sealed class ConsoleTerminal(InvocationConfiguration terminal)
{
    private const int Width = 100;

    /// <param name="markdown">as in chat</param>
    public Task ShowAsync(string markdown)
    {
        var colour = ReferenceEquals(terminal.Output, Console.Out) && !Console.IsOutputRedirected;

        // Here, no slash comes first.
        var plain = markdown.Replace("`/platform ", "`", StringComparison.Ordinal);
        return WriteAsync(string.Join('\n', MarkdownTerminal.Lines(plain, Width, colour)));
    }

    public async Task WriteAsync(string text)
    {
        await terminal.Output.WriteAsync(text.TrimEnd('\n'));
        await terminal.Output.WriteAsync('\n');
    }

    public Task PromptAsync(string text) => terminal.Error.WriteAsync(text);

    /// <returns>1, for an exit code</returns>
    public async Task<int> RefuseAsync(Refusal refusal)
    {
        await terminal.Error.WriteLineAsync($"{refusal.Reason}\n{refusal.Hint}");
        return 1;
    }
}
