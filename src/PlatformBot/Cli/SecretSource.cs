using PlatformBot.Core;
using PlatformBot.Core.Checks;

namespace PlatformBot.Cli;

/// <summary>Reads op:// references at the last moment, each in a process of its own; every value is known to the redactor before it is used.</summary>
internal sealed class SecretSource(ProcessRunner runner, ToolEnvironment environment, Redactor redactor)
{
    private const string Op = "op";

    /// <param name="references">environment variable → op:// reference</param>
    /// <returns>environment variable → value</returns>
    public async Task<Result<IReadOnlyDictionary<string, string>>> ReadAsync(
        IReadOnlyDictionary<string, string> references,
        CancellationToken cancelled
    )
    {
        LearnToken();
        var values = new Dictionary<string, string>();

        foreach (var (name, reference) in references)
        {
            var result = await runner.RunAsync(
                new ProcessSpec
                {
                    Argv = [Op, "read", reference],
                    Environment = environment.For(Op, new Dictionary<string, string>()),
                    Sensitive = true,
                },
                cancelled
            );

            if (result.Exit != 0)
            {
                return new Refusal(
                    $"{reference} cannot be read: {redactor.Redact(LastLine(result.StderrText))}",
                    "See that the item and the field exist, and that the bot's service account may read that vault."
                );
            }

            // op ends what it prints with a newline that is not part of the value.
            var value = result.StdoutText.TrimEnd('\n', '\r');
            redactor.Learn(value);
            values[name] = value;
        }

        return values;
    }

    /// <summary>The token that opens everything else is a secret, too.</summary>
    public void LearnToken()
    {
        if (environment.Own(ToolEnvironment.OpToken) is { } token)
            redactor.Learn(token);
    }

    private static string LastLine(string text) => text.TrimEnd().Split('\n')[^1];
}
