using PlatformBot.Cli;
using PlatformBot.Core;
using PlatformBot.Core.Statements;
using PlatformBot.Terminal;

namespace PlatformBot.Verbs;

/// <summary>One person at the bot's console. Each command is signed by itself, with a number that the bot gives out for it.</summary>
internal sealed class ConsoleSession(
    ConsoleClient client,
    SshKey key,
    string name,
    ConsoleTerminal terminal,
    TimeProvider clock
)
{
    private static readonly Refusal Empty = new("The bot's journal is empty still.", "Try again in a moment.");

    /// <summary>Until there is no more input.</summary>
    public async Task<int> ConverseAsync(TextReader input, CancellationToken cancelled)
    {
        var exit = 0;

        while (true)
        {
            await terminal.PromptAsync($"{name}> ");

            if (await input.ReadLineAsync(cancelled) is not { } line)
                return exit;

            if (line.Trim() is { Length: > 0 } command)
                exit = await SayAsync(command, cancelled);
        }
    }

    /// <returns>0 when the bot did as it was told, 1 when it refused or could not be reached</returns>
    public async Task<int> SayAsync(string command, CancellationToken cancelled)
    {
        try
        {
            return await SignAsync(command, cancelled) is var signing && signing.Ok(out var signed, out var refusal)
                ? await ShowAsync(await client.SendAsync(ConsoleWire.Command, signed, cancelled), terminal)
                : await terminal.RefuseAsync(refusal);
        }
        catch (HttpRequestException away)
        {
            return await terminal.RefuseAsync(Away(away));
        }
    }

    /// <returns>0, or 1 when it is a refusal</returns>
    public static async Task<int> ShowAsync(ConsoleAnswer answer, ConsoleTerminal terminal)
    {
        await terminal.ShowAsync(answer.Text);

        if (answer.Attached is { } attached)
            await terminal.WriteAsync($"\n{RequestHelp}\n\n{attached}");

        return answer.Refused ? 1 : 0;
    }

    public static Refusal Away(HttpRequestException away) =>
        new(
            $"The bot does not answer: {away.Message}",
            "Is it running on this host, with Console:AllowedSigners? Only its own user and root may open the socket (sudo); --socket says where it is."
        );

    private async Task<Result<Signed>> SignAsync(string command, CancellationToken cancelled)
    {
        if (!Signer.IsName(name))
            return new Refusal($"Nobody can be called {name} in a list of keys.", "Give your name with --as.");

        if (await client.HelloAsync(cancelled) is not { } hello)
            return Empty;

        var said = new CommandStatement(hello.Bot, name, Here(), command, hello.Nonce, clock.GetUtcNow()).Text;
        return CommandStatement.Parse(said) is null
            ? new Refusal("In that is something that cannot be seen.", "Type it, instead of pasting it.")
            : await key.SignAsync(said, CommandStatement.Namespace, cancelled);
    }

    /// <summary>Who sits where, as this terminal knows it: "ada@bot-host, from 192.0.2.7".</summary>
    private static string Here()
    {
        var from = Environment.GetEnvironmentVariable("SSH_CONNECTION")?.Split(' ')[0];
        var here = $"{Environment.UserName}@{Environment.MachineName}{(from is null ? "" : $", from {from}")}";
        return string.Concat(here.Where(c => c is >= ' ' and <= '~'));
    }

    private const string RequestHelp =
        "To decide, on any machine that has platformbot:\n  platformbot console vote --request THIS-FILE                  shows it anew from the letters below, and what you would sign\n  platformbot console vote --request THIS-FILE --sign           approves: makes a file with your signature\n  platformbot console vote --request THIS-FILE --sign --deny WHY\nThen, on the bot's host:\n  platformbot console submit FILE";
}
