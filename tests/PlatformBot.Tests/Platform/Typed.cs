using System.CommandLine;

namespace PlatformBot.Tests.Platform;

/// <summary>A verb, run as a pipe runs it.</summary>
internal static class Typed
{
    public static (int Exit, string Output, string Error) Run(Command verb, params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        var exit = verb.Parse(words).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (exit, output.ToString(), error.ToString());
    }
}
