using PlatformBot.Core.Chat;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>A chat server that knows everybody, except those who have left; and that may be away.</summary>
internal sealed class ScriptedPeople : IPeople
{
    public bool IsAway { get; set; }

    /// <summary>Ids of deactivated accounts.</summary>
    public HashSet<string> Left { get; } = [];

    public int Asked { get; private set; }

    public Task<Account?> FindAsync(string idOrName, CancellationToken cancellationToken) =>
        AskAsync(idOrName, cancellationToken);

    public async Task<Account?> AskAsync(string id, CancellationToken cancellationToken)
    {
        Asked++;

        if (IsAway)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);

        return new Account(new Person(id, id), Active: !Left.Contains(id), Bot: false, Guest: false);
    }
}
