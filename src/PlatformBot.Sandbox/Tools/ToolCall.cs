using System.Text;

namespace PlatformBot.Sandbox.Tools;

/// <summary>One invocation of a simulated tool, as its process saw it. What it prints leaves at a pause or at the end.</summary>
/// <param name="isLost">asked at every pause; true ends the call there</param>
internal sealed class ToolCall(
    ToolRequest request,
    ToolWire wire,
    TimeProvider clock,
    Func<Task<bool>> isLost,
    CancellationToken killed
)
{
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();
    private string? _stdin;

    public string Tool => request.Tool;

    public IReadOnlyList<string> Arguments => request.Arguments;

    public TimeProvider Clock => clock;

    /// <summary>Cancelled when the process is gone.</summary>
    public CancellationToken Killed => killed;

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>A variable of the process's environment; "" when it is not set.</summary>
    public string Variable(string name) => request.Environment.GetValueOrDefault(name, "");

    /// <summary>A path as the process means it.</summary>
    public string PathOf(string path) => Path.GetFullPath(path, request.Directory);

    public void Print(string text) => _out.Append(text);

    public void PrintLine(string text) => _out.Append(text).Append('\n');

    public void Complain(string text) => _error.Append(text);

    public void ComplainLine(string text) => _error.Append(text).Append('\n');

    /// <summary>Lets the twin's time pass, after showing what was printed so far.</summary>
    public async Task PauseAsync(TimeSpan span)
    {
        await FlushAsync();

        if (await isLost())
            throw new OperationCanceledException("The call was lost here.");

        await Task.Delay(span, clock, killed);
    }

    public async Task FlushAsync()
    {
        await wire.SendAsync('o', Take(_out), killed);
        await wire.SendAsync('e', Take(_error), killed);
    }

    /// <summary>Everything on stdin; "" when it is a terminal or /dev/null.</summary>
    public async Task<string> ReadStdinAsync()
    {
        await FlushAsync();
        return _stdin ??= request.HasStdin ? await wire.AskForStdinAsync(killed) : "";
    }

    /// <summary>The text of a file; "-" and /dev/stdin are stdin.</summary>
    /// <exception cref="IOException">There is none, or it cannot be read.</exception>
    public async Task<string> ReadAsync(string path) =>
        path is "-" or "/dev/stdin" ? await ReadStdinAsync() : await File.ReadAllTextAsync(PathOf(path), killed);

    /// <summary>Writes a file that only its owner may read, as tools do with credentials; "-" and /dev/stdout are stdout.</summary>
    public async Task WriteAsync(string path, string text)
    {
        if (path is "-" or "/dev/stdout")
        {
            Print(text);
            return;
        }

        await PrivateFile.WriteAsync(PathOf(path), text, killed);
    }

    private static string Take(StringBuilder text)
    {
        var taken = text.ToString();
        text.Clear();
        return taken;
    }
}

/// <summary>What a tool's process was started with.</summary>
internal sealed record ToolRequest(
    string Tool,
    string Directory,
    bool HasStdin,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyList<string> Arguments
);

/// <summary>The tool ends here, with this on stderr.</summary>
public sealed class ToolException(string message, int exitCode = 1) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
