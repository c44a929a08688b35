namespace PlatformBot.Core.Statements;

/// <summary>Whether what somebody signed is their word, by the list of keys and the names of people as both are at this moment.</summary>
/// <param name="personOf">who is called so; null when the bot knows nobody of that name or id</param>
public sealed class Witness(ISignatures signatures, Func<string, Person?> personOf)
{
    /// <summary>Whether the person whom the statement names has signed it.</summary>
    public Task<SignatureFinding> CheckAsync(Signed signed, CancellationToken stopping) =>
        Use(signed) is { } use
            ? signatures.CheckAsync(signed, use.Name, use.Namespace, stopping)
            : Task.FromResult(new SignatureFinding(false, "It is no statement that a person could have signed."));

    /// <summary>Whether it is still the word of the person who, as the journal says, gave it; null when that cannot be told.</summary>
    public async Task<bool?> StandsAsync(Person by, Signed signed, CancellationToken stopping)
    {
        if (Use(signed) is not { } use || personOf(use.Name)?.Id != by.Id)
            return false;

        return (await signatures.CheckAsync(signed, use.Name, use.Namespace, stopping)).Holds;
    }

    public Person? PersonOf(string name) => personOf(name);

    private static (string Name, string Namespace)? Use(Signed signed) =>
        VoteStatement.Parse(signed.Statement) is { } vote ? (vote.Person, VoteStatement.Namespace)
        : CommandStatement.Parse(signed.Statement) is { } command ? (command.Person, CommandStatement.Namespace)
        : null;
}
