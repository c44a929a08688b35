using PlatformBot.Core.Statements;
using PlatformBot.Terminal;
using PlatformBot.Tests.Cli;
using PlatformBot.Verbs;

namespace PlatformBot.Tests.Stories;

/// <summary>The bot's own host, and other machines, while chat is away.</summary>
internal sealed partial class TheChat
{
    public string Socket => $"{JournalPath}.console/socket";

    /// <summary>A story with a console, in which these people have keys under their names.</summary>
    public static Task<TheChat> WithConsoleAsync(
        KeyRing keys,
        string steps,
        string approval = "{ per: phase, quorum: 1, expires: 4h }",
        Dictionary<string, string?>? settings = null
    )
    {
        var all = new Dictionary<string, string?>(settings ?? []) { ["Console:AllowedSigners"] = keys.AllowedSigners };

        if (File.Exists(keys.RevokedKeys))
            all["Console:RevokedKeys"] = keys.RevokedKeys;

        return WithAsync(steps, approval: approval, settings: all);
    }

    /// <summary>What somebody's shell runs: "console" and these words.</summary>
    public static Task<(int Exit, string Output)> ConsoleAsync(params string[] words) =>
        ConsoleAsync(TextReader.Null, words);

    /// <param name="typed">what they type when they are asked</param>
    public static async Task<(int Exit, string Output)> ConsoleAsync(TextReader typed, string[] words)
    {
        var output = new StringWriter();
        var verb = ConsoleVerb.Make(typed, TimeProvider.System);
        var exit = await verb.Parse(words)
            .InvokeAsync(new() { Output = output, Error = output }, Xunit.TestContext.Current.CancellationToken);
        return (exit, output.ToString());
    }

    /// <summary>Somebody says this on the bot's host, signed with their key; returns the answer.</summary>
    public async Task<string> ConsoleSaysAsync(KeyRing keys, string who, params string[] words) =>
        (await ConsoleAsync([.. words, "--socket", Socket, "--as", who, "--key", keys.KeyOf(who)])).Output;

    /// <summary>Sends something to the socket, past every client; returns the answer.</summary>
    public async Task<ConsoleAnswer> SendsAsync(string path, Signed signed)
    {
        using var client = new ConsoleClient(Socket);
        return await client.SendAsync(path, signed, Limit);
    }

    /// <summary>A command that the bot would take, not signed yet.</summary>
    public async Task<CommandStatement> StatementAsync(string who, string command)
    {
        using var client = new ConsoleClient(Socket);
        var hello = (await client.HelloAsync(Limit))!;
        return new(hello.Bot, who, $"{who}@laptop", command, hello.Nonce, TimeProvider.System.GetUtcNow());
    }

    /// <summary>Asks for a request on the bot's host, and decides on another machine; returns the file with the vote.</summary>
    public async Task<string> VotesElsewhereAsync(
        KeyRing keys,
        string asks,
        string votes,
        string of = "infra/rollout",
        params string[] how
    )
    {
        var request = Path.Combine(_folder, $"{Guid.NewGuid():N}.txt");
        var vote = Path.Combine(_folder, $"{Guid.NewGuid():N}.vote");
        await File.WriteAllTextAsync(request, await ConsoleSaysAsync(keys, asks, "request", "1", of), Limit);
        await ConsoleAsync([
            "vote",
            "--request",
            request,
            "--sign",
            "--to",
            vote,
            "--as",
            votes,
            "--key",
            keys.KeyOf(votes),
            .. how,
        ]);
        return vote;
    }

    public async Task<string> SubmitsAsync(string vote) =>
        (await ConsoleAsync("submit", vote, "--socket", Socket)).Output;
}
