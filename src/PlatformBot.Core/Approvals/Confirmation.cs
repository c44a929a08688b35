using PlatformBot.Core.Chat;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Approvals;

/// <summary>
/// What whoever approves must type, because nobody can undo what is approved: the name of each cluster that it is done to, or of
/// the phase where it is done to none. Typing it is what a hand that presses a button in the wrong post does not do.
/// </summary>
public sealed record Confirmation(IReadOnlyList<string> Names)
{
    private static readonly char[] Between = [' ', ',', '\t', '\n', '\r'];

    public static Confirmation None { get; } = new([]);

    public bool IsNeeded => Names.Count > 0;

    public static Confirmation Of(IEnumerable<PlannedStep> steps) =>
        new([.. steps.Where(step => step.Irreversible).Select(step => step.Target ?? step.Phase).Distinct()]);

    /// <summary>What stands against an approval with these words; null when they are the names, all of them, letter by letter.</summary>
    /// <param name="approval">its name: "infra/foundation"</param>
    public Refusal? Objection(string approval, string? typed)
    {
        var words = (typed ?? "").Split(Between, StringSplitOptions.RemoveEmptyEntries);

        if (!IsNeeded || words.Order(StringComparer.Ordinal).SequenceEqual(Names.Order(StringComparer.Ordinal)))
            return null;

        var instead = words.Length == 0 ? "" : $" You typed {Markdown.Code(Words.Cut(typed!, 60))}.";
        return new Refusal(
            $"Nobody can undo what {approval} does. Whoever approves it types {Wanted}.{instead}",
            $"Letter by letter, in the form that the button opens or as the last words: `/platform approve <run> {approval} {string.Join(' ', Names)}`."
        );
    }

    /// <summary>"the name infra", "the names infra and apps"</summary>
    public string Wanted => $"the {(Names.Count == 1 ? "name" : "names")} {string.Join(" and ", Names)}";

    /// <summary>As it is typed: "infra apps".</summary>
    public override string ToString() => string.Join(' ', Names);
}
