using PlatformBot.Core.Approvals;
using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>What is said when one person approved something alone. Pure.</summary>
public static class GlassPosts
{
    /// <summary>Loud, until a second person has looked.</summary>
    /// <param name="deciders">who may look</param>
    public static Post Broken(Glass glass, IReadOnlyList<Person> deciders)
    {
        var others = deciders.Where(person => person.Id != glass.By.Id).ToList();
        var call =
            glass.Reviewed is not null ? "A second person has looked."
            : others.Count == 0 ? "Nobody else has the role approver, so nobody can review it."
            : $"{string.Join(' ', others)}: please look now. Nothing that destroys can be started until one of you says what they saw.";
        return new Post
        {
            Text =
                $"#### :rotating_light: Glass {glass.Number} broken: {glass.By} approved **{glass.Approval}** of run {glass.Run} alone\n“{Markdown.Inline(glass.Reason)}”\n\n{call} Plan {Markdown.Code(glass.Digest)}",
            Box = BoxOf(glass),
        };
    }

    /// <summary>What of the run was approved by one person alone, a line for each; "" when nothing was.</summary>
    public static string Of(Run run) =>
        string.Concat(
            run.Approvals.Values.Where(approval => approval.Alone is not null)
                .OrderBy(approval => approval.Phase, StringComparer.Ordinal)
                .Select(approval => $"{Line(approval)}\n")
        );

    /// <summary>":rotating_light: Glass was broken by @ada, who approved infra/foundation alone: …"</summary>
    public static string Line(Approval approval) =>
        $":rotating_light: **Glass was broken** by {approval.Alone!.Vote.By}, who approved {ApprovalPosts.Approved(approval.Phase)} alone: “{Markdown.Inline(approval.Alone.Vote.Reason ?? "")}”";

    /// <summary>Why nothing that destroys is started now.</summary>
    public static Refusal Refuse(Glass glass, IReadOnlyList<Person> deciders)
    {
        var others = deciders.Where(person => person.Id != glass.By.Id).ToList();
        return new(
            $":rotating_light: {glass.By} approved {glass.Approval} of run {glass.Run} alone (“{Markdown.Inline(glass.Reason)}”), and nobody has reviewed that yet. Until then nothing that destroys is started, and no other glass is broken.",
            $"{(others.Count == 0 ? "Somebody else with the role approver" : string.Join(' ', others))} can say what they saw: `/platform review {glass.Number} <words>`."
        );
    }

    private static Box BoxOf(Glass glass) =>
        glass.Reviewed is { } glance
            ? new Box(Colours.Green, "Reviewed", $"by {glance.By}: {Markdown.Inline(glance.Note ?? "")}", [])
            : new Box(
                Colours.Red,
                "Not reviewed",
                "Whoever broke it does not count.",
                [new Button("review", "Reviewed…", "primary", $"review|glass-{glass.Number}|{glass.Digest}")]
            );
}
