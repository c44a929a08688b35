namespace PlatformBot.Sandbox.Tools;

/// <summary>One sub-command: its words ("etcd members"), its own flags, and what it does.</summary>
/// <param name="Flags">as <see cref="Tools.Flags"/> reads them</param>
internal sealed record Command(string Words, string Flags, Func<ToolCall, Flags, Task<int>> RunAsync)
{
    /// <summary>A command that is done as soon as it is asked.</summary>
    public static Command Quick(string words, string flags, Func<ToolCall, Flags, int> run) =>
        new(words, flags, (call, given) => Task.FromResult(run(call, given)));
}

/// <summary>A simulated command line tool: a table of sub-commands and its way to complain.</summary>
/// <param name="GlobalFlags">flags that every sub-command has</param>
/// <param name="Complaint">how the tool words an error of its own command line ("error: {0}"), {0} = the message</param>
internal sealed record Tool(string Name, string GlobalFlags, string Complaint, IReadOnlyList<Command> Commands)
{
    public async Task<int> RunAsync(ToolCall call)
    {
        var everyFlag = string.Join(' ', Commands.Select(command => command.Flags).Prepend(GlobalFlags));
        var words = Flags.LooseWords(call.Arguments, everyFlag);
        var command = Commands
            .Where(candidate => IsPrefix(candidate.Words, words))
            .MaxBy(candidate => candidate.Words.Length);

        if (command is null)
            throw new ToolException(Complain($"unknown command \"{words.FirstOrDefault()}\" for \"{Name}\""));

        try
        {
            var flags = Flags.Parse(call.Arguments, $"{GlobalFlags} {command.Flags}");
            flags.Words.RemoveRange(0, WordsOf(command.Words).Length);
            return await command.RunAsync(call, flags);
        }
        catch (UnknownFlagException unknown)
        {
            throw new ToolException(Complain(unknown.Message));
        }
    }

    private string Complain(string message) => Complaint.Replace("{0}", message, StringComparison.Ordinal);

    private static bool IsPrefix(string command, List<string> words) =>
        WordsOf(command).SequenceEqual(words.Take(WordsOf(command).Length));

    private static string[] WordsOf(string command) => command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
