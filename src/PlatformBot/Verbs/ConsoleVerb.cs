using System.CommandLine;
using PlatformBot.Cli;
using PlatformBot.Core.Runbooks;
using PlatformBot.Storage;
using PlatformBot.Terminal;

namespace PlatformBot.Verbs;

/// <summary><c>platformbot console</c>: the running bot, on its own host, for when chat is down. Everything that is said to it is signed.</summary>
internal static class ConsoleVerb
{
    private const string Help =
        "Talk to the running bot without chat, with signed commands\n\nplatformbot console status                          one command\nplatformbot console                                 one after the other, until Ctrl-D\nplatformbot console request 42 infra/foundation     what somebody elsewhere needs in order to decide; see vote and submit";

    public static Command Make(TextReader input, TimeProvider clock)
    {
        var words = new Argument<string[]>("command")
        {
            Description = "as in chat, without the slash and its word; none: asks for them",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var socket = MakeSocket();
        var key = MakeKey();
        var name = MakeName();
        var verb = new Command("console", Help)
        {
            words,
            socket,
            key,
            name,
            ConsoleVoteVerb.Make(clock),
            ConsoleVoteVerb.MakeSubmit(),
        };
        verb.SetAction(
            async (parsed, cancelled) =>
            {
                using var client = new ConsoleClient(parsed.GetRequiredValue(socket));
                var terminal = new ConsoleTerminal(parsed.InvocationConfiguration);
                var session = new ConsoleSession(
                    client,
                    new SshKey(parsed.GetValue(key)),
                    parsed.GetRequiredValue(name),
                    terminal,
                    clock
                );
                return parsed.GetValue(words) is { Length: > 0 } given
                    ? await session.SayAsync(string.Join(' ', given.Select(Quoted)), cancelled)
                    : await session.ConverseAsync(input, cancelled);
            }
        );
        return verb;
    }

    public static Option<string> MakeSocket() =>
        new("--socket")
        {
            Description = "the bot's socket (setting Console:Socket)",
            DefaultValueFactory = _ => FromSettings(),
        };

    public static Option<string?> MakeKey() =>
        new("--key")
        {
            Description =
                "your SSH key, or its public half where an agent has the other (default: ~/.ssh/id_ed25519, or the only key in the agent)",
        };

    public static Option<string> MakeName() =>
        new("--as")
        {
            Description = "your name in the bot's list of keys, which is your user name in chat",
            DefaultValueFactory = _ =>
                Environment.GetEnvironmentVariable("SUDO_USER") is { Length: > 0 } user ? user : Environment.UserName,
        };

    /// <summary>Where the bot on this host listens, by the same settings.</summary>
    private static string FromSettings()
    {
        var settings = new ConfigurationBuilder()
            .SetBasePath(AppContext.BaseDirectory)
            .AddJsonFile("appsettings.json", optional: true)
            .AddEnvironmentVariables()
            .Build();
        var console = settings.GetSection(ConsoleOptions.Section).Get<ConsoleOptions>() ?? new ConsoleOptions();
        var storage = settings.GetSection("Storage").Get<StorageOptions>() ?? new StorageOptions();
        return console.SocketBeside(storage.Journal);
    }

    /// <summary>The shell has taken the words apart; the bot does so again.</summary>
    private static string Quoted(string word) =>
        word.Length == 0 || word.Any(c => char.IsWhiteSpace(c) || c is '"' or '\'' or '\u201C' or '\u2018')
            ? CommandWords.Quote(word)
            : word;
}
