using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using PlatformBot.Core;

namespace PlatformBot.Mattermost;

/// <summary>Where the bot lives: found out at start, because settings name things and the API wants ids.</summary>
/// <param name="CallbackUrl">base URL of the bot, no slash at the end</param>
internal sealed record Home(Person Bot, string TeamId, string ChannelId, string CallbackUrl);

/// <summary>What the self-test found out, for everybody who needs it.</summary>
internal sealed class MattermostHome
{
    private readonly TaskCompletionSource<Home> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, byte[]> _commandTokens = new();

    public Home? Known => _found.Task.IsCompletedSuccessfully ? _found.Task.Result : null;

    /// <summary>What is wrong now, each with its remedy; for the doctor.</summary>
    public IReadOnlyList<string> Findings { get; set; } = [];

    /// <summary>Somebody else has a command by the bot's own name, which may take what people type.</summary>
    public bool IsCommandShared { get; set; }

    public Task<Home> FindAsync(CancellationToken stopping) => _found.Task.WaitAsync(stopping);

    public void Found(Home home) => _found.TrySetResult(home);

    /// <summary>False until the bot has found its slash command: until then it cannot tell Mattermost from anybody else.</summary>
    public bool KnowsCommands => !_commandTokens.IsEmpty;

    public void Learn(string team, string commandToken) => _commandTokens[team] = Encoding.UTF8.GetBytes(commandToken);

    /// <summary>Whether this is the token of the bot's command in that team. Takes the same time for every wrong token.</summary>
    public bool IsCommand(string team, string token) =>
        _commandTokens.TryGetValue(team, out var known)
        && CryptographicOperations.FixedTimeEquals(known, Encoding.UTF8.GetBytes(token));
}
