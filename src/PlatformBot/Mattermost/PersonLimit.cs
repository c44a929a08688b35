using Microsoft.Extensions.Options;

namespace PlatformBot.Mattermost;

/// <summary>
/// How much one person may ask for at once, whichever way: a script in somebody's browser must not keep the bot from everybody else,
/// nor fill its journal.
/// </summary>
internal sealed class PersonLimit(IOptions<MattermostOptions> options, Suspicions suspicions) : IDisposable
{
    public const string TooMany =
        ":hourglass: That is a lot at once, so this was not done. Wait a few seconds, then say it again.";

    private readonly Buckets _buckets = new(options.Value.PerPerson, options.Value.PersonBurst);

    public bool Admits(string person) => _buckets.Admits(person);

    /// <summary>False after it was noted.</summary>
    public async Task<bool> AdmitsAsync(string person, HttpContext http)
    {
        if (Admits(person))
            return true;

        await suspicions.RaiseAsync("more at once from one person than a person does", http, person);
        return false;
    }

    public void Dispose() => _buckets.Dispose();
}
