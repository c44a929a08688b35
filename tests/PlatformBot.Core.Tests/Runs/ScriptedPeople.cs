using PlatformBot.Core.Chat;
using PlatformBot.Core.Roles;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>A chat server that knows everybody, except those who have left; and that may be away.</summary>
internal sealed class ScriptedPeople : IPeople
{
    public bool IsAway { get; set; }

    /// <summary>Ids of deactivated accounts.</summary>
    public HashSet<string> Left { get; } = [];

    /// <summary>Happens whenever somebody is asked about.</summary>
    public Action Meanwhile { get; set; } = () => { };

    public int Asked { get; private set; }

    public Task<Account?> FindAsync(string idOrName, CancellationToken cancellationToken) =>
        AskAsync(idOrName, cancellationToken);

    public async Task<Account?> AskAsync(string id, CancellationToken cancellationToken)
    {
        Asked++;
        Meanwhile();

        if (IsAway)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);

        return new Account(new Person(id, id), Active: !Left.Contains(id), Bot: false, Guest: false);
    }

    /// <summary>"person in circle"</summary>
    public HashSet<string> In { get; } = [];

    public Task<Result<Circle>> FindCircleAsync(
        string kind,
        string name,
        string? id,
        CancellationToken cancellationToken
    ) => Task.FromResult<Result<Circle>>(new Circle(kind, name, name, []));

    public async Task<bool> IsInAsync(Circle circle, string id, CancellationToken cancellationToken) =>
        await AskAsync(id, cancellationToken) is not null && In.Contains($"{id} in {circle.Id}");
}
