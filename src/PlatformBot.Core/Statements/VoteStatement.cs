using PlatformBot.Core.Approvals;

namespace PlatformBot.Core.Statements;

/// <summary>
/// A decision on one approval, as its voter signs it, on any machine. Bound to the bot, the run, the approval, what it covers and when
/// it expires, it says yes or no to nothing else, and needs no nonce: the journal counts one vote a person.
/// </summary>
/// <param name="Bot">hash of the first entry of the bot's journal</param>
/// <param name="Approval">its name: "infra/foundation"</param>
/// <param name="Digest">of what the voter saw</param>
/// <param name="ExpiresAt">the approval's</param>
/// <param name="Words">a denial's reason; what was typed to confirm an approval; null for nothing</param>
/// <param name="Person">as in the list of keys</param>
/// <param name="At">when, as their machine says: for the record only</param>
public sealed record VoteStatement(
    string Bot,
    RunId Run,
    string Approval,
    string Digest,
    DateTimeOffset ExpiresAt,
    Decision Decision,
    string? Words,
    string Person,
    DateTimeOffset At
)
{
    /// <summary>A signature under anything else is none under this.</summary>
    public const string Namespace = "platformbot@vote";

    private const string Title = "PlatformBot vote, version 1";

    private static readonly string[] Names = ["bot", "run", "approval", "plan", "expires", "decision", "person", "at"];

    public string Text =>
        StatementText.Write(
            Title,
            [
                .. Names.Zip([
                    Bot,
                    $"{Run.Number}",
                    Approval,
                    Digest,
                    StatementText.Time(ExpiresAt),
                    $"{Word(Decision)}{(Words is null ? "" : $": {Words}")}",
                    Person,
                    StatementText.Time(At),
                ]),
            ]
        );

    /// <summary>Null when the text is not exactly what <see cref="Text"/> writes.</summary>
    public static VoteStatement? Parse(string text) =>
        StatementText.Read(text, Title, Names)
            is [var bot, var run, var approval, var digest, var expires, var decided, var person, var at]
        && StatementText.IsDigest(bot)
        && RunId.Parse(run) is { } id
        && StatementText.IsDigest(digest)
        && StatementText.Time(expires) is { } expiry
        && Decided(decided) is { } decision
        && Signer.IsName(person)
        && StatementText.Time(at) is { } time
        && new VoteStatement(bot, id, approval, digest, expiry, decision.Decision, decision.Words, person, time)
            is var vote
        && vote.Text == text
            ? vote
            : null;

    private static (Decision Decision, string? Words)? Decided(string text)
    {
        foreach (var decision in Enum.GetValues<Decision>())
        {
            var word = Word(decision);

            if (text == word)
                return (decision, null);

            if (text.StartsWith($"{word}: ", StringComparison.Ordinal))
                return (decision, text[(word.Length + 2)..]);
        }

        return null;
    }

    private static string Word(Decision decision) =>
        decision switch
        {
            Decision.Approve => "approve",
            Decision.Deny => "deny",
        };
}
