using PlatformBot.Core;
using PlatformBot.Core.Checks;

namespace PlatformBot.Cli;

/// <summary>
/// Reads secrets at the last moment: op:// in a process of the vault's client, file:// from the one folder for them, env:// from the
/// bot's variables that are meant for it. Every value is known to the redactor before it is used.
/// </summary>
/// <param name="folder">where file:// leads; null: nowhere</param>
internal sealed class SecretSource(ProcessRunner runner, ToolEnvironment environment, Redactor redactor, string? folder)
{
    /// <summary>The bot's own tokens are variables, too; only what begins so is for steps.</summary>
    public const string Prefix = "PLATFORMBOT_SECRET_";

    private const string Op = "op";

    /// <param name="references">environment variable → reference</param>
    /// <returns>environment variable → value</returns>
    public async Task<Result<IReadOnlyDictionary<string, string>>> ReadAsync(
        IReadOnlyDictionary<string, string> references,
        CancellationToken cancelled
    )
    {
        var values = new Dictionary<string, string>();

        foreach (var (name, reference) in references)
        {
            if (!(await ReadAsync(reference, cancelled)).Ok(out var value, out var refusal))
                return refusal;

            values[name] = value;
        }

        return values;
    }

    public async Task<Result<string>> ReadAsync(string reference, CancellationToken cancelled)
    {
        LearnToken();
        var read = await FetchAsync(reference, cancelled);

        if (read.Ok(out var value, out _))
            redactor.Learn(value);

        return read;
    }

    private async Task<Result<string>> FetchAsync(string reference, CancellationToken cancelled) =>
        reference.Split("://", 2) switch
        {
            ["file", var name] => await ReadFileAsync(name, cancelled),
            ["env", var name] => environment.Own(Prefix + name) is { Length: > 0 } value
                ? value
                : new Refusal(
                    $"{reference} cannot be read: the bot has no variable {Prefix}{name}.",
                    "Give it to the bot, then retry."
                ),
            _ => await ReadVaultAsync(reference, cancelled),
        };

    /// <summary>The name holds no separator (see the runbook language), so it leads nowhere else.</summary>
    private async Task<Result<string>> ReadFileAsync(string name, CancellationToken cancelled)
    {
        try
        {
            return folder is null
                ? new Refusal(
                    $"file://{name} cannot be read: Tools:SecretsDirectory is not set.",
                    "Set it, then retry."
                )
                : (await File.ReadAllTextAsync(Path.Combine(folder, name), cancelled)).TrimEnd('\n', '\r');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Refusal(
                $"file://{name} cannot be read: {exception.GetType().Name}.",
                $"Put it into {folder}, readable for the bot, then retry."
            );
        }
    }

    private async Task<Result<string>> ReadVaultAsync(string reference, CancellationToken cancelled)
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

        // op ends what it prints with a newline that is not part of the value.
        return result.Exit == 0
            ? result.StdoutText.TrimEnd('\n', '\r')
            : new Refusal(
                $"{reference} cannot be read: {redactor.Redact(LastLine(result.StderrText))}",
                "See that the item and the field exist, and that the bot's service account may read that vault."
            );
    }

    /// <summary>The token that opens everything else is a secret, too.</summary>
    public void LearnToken()
    {
        if (environment.Own(ToolEnvironment.OpToken) is { } token)
            redactor.Learn(token);
    }

    private static string LastLine(string text) => text.TrimEnd().Split('\n')[^1];
}
