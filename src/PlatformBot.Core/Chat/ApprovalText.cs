using System.Text;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>
/// What an approval of phases is about, for somebody who has ten seconds and a phone: the danger first, and nothing that is long
/// enough to push it out of sight. All of it is in the attached file.
/// </summary>
internal static class ApprovalText
{
    private const int MostDangers = 15;
    private const int MostNodes = 30;
    private const int MostInputs = 6;
    private const int MostNews = 10;

    public static string Of(Run run, Approval approval, AttachedFile file)
    {
        var steps = run.StepsOf(approval.Phase).ToList();
        var dangers = Danger.InOrder(steps).ToList();
        var text = new StringBuilder();

        foreach (var odd in run.Plan.Lookalikes ?? [])
            text.Append($":warning: **{Markdown.Inline(odd)}**\n");

        text.Append(
            $"**What is destroyed**\n{Destroyed(dangers)}\n**Where**\n{Where(dangers, approval)}{string.Concat(Danger.Anew(steps).Select(line => $"- :link: {line}\n"))}\n"
        );
        text.Append(Since(approval));
        text.Append($"**The exact commands**\n{Markdown.Fence(CommandExcerpt.Of(dangers))}\n");
        text.Append(Reads(approval.Inputs?.Where(pin => pin.Cluster is null)));
        text.Append(
            $"The file below has everything ({Words.Count(steps.Count, "step")}), SHA-256 {Markdown.Code(file.Sha256)}\n"
        );
        return text.Append(Digest(approval)).ToString();
    }

    /// <summary>What is new since the same was approved last; "" when it never was.</summary>
    private static string Since(Approval approval)
    {
        if (approval.Since is not { } since)
            return "";

        var more =
            since.Lines.Count > MostNews ? $"\n… and {since.Lines.Count - MostNews} more: in the file below" : "";
        var lines = string.Join('\n', since.Lines.Take(MostNews).Select(line => Words.Cut(line, 200)));
        return since.Lines.Count == 0
            ? $"**Since run #{since.Run}**, which was approved, nothing of it is different.\n\n"
            : $"**Since run #{since.Run}**, which was approved\n{Markdown.Fence($"{lines}{more}")}\n\n";
    }

    public static string Digest(Approval approval) =>
        $"{(approval.Inputs is null ? "Plan" : "Plan and inputs")} {Markdown.Code(approval.Digest)}";

    /// <summary>What the steps read besides their own words, the first few; "" for nothing.</summary>
    public static string Reads(IEnumerable<Pin>? pins)
    {
        var inputs = (pins ?? []).ToList();
        var lines = inputs
            .Take(MostInputs)
            .Select(pin => $"- {Markdown.Inline(pin.Input)}: {Markdown.Code(pin.Shown)}\n");
        var more = inputs.Count > MostInputs ? $"- and {inputs.Count - MostInputs} more\n" : "";
        return inputs.Count == 0
            ? ""
            : $"**What they read**, which must be the same when they start\n{string.Concat(lines)}{more}\n";
    }

    /// <summary>The same for as long as the approval is shown, because the post says its digest.</summary>
    public static AttachedFile File(Run run, Approval approval)
    {
        var steps = run.StepsOf(approval.Phase).ToHashSet();
        return new AttachedFile(
            $"run-{run.Id.Number}-{approval.Phase.Replace('/', '-')}.txt",
            $"{PlanText.Whole(run.Plan, null, steps.Contains)}{InputLines(approval)}{NewsLines(approval)}"
        );
    }

    private static string NewsLines(Approval approval) =>
        approval.Since is { Lines.Count: > 0 } since
            ? $"\n== Since run #{since.Run}\n\n{string.Join('\n', since.Lines)}\n"
            : "";

    private static string InputLines(Approval approval) =>
        approval.Inputs is null
            ? ""
            : $"\n== What the destructive steps read\n\n{string.Concat(approval.Inputs.Select(pin => $"{pin.Input}: {pin.Value ?? pin.Shown}\n"))}";

    private static string Destroyed(List<PlannedStep> dangers)
    {
        var lines = Danger.Lines(dangers).ToList();
        var rest = lines.Count - MostDangers;
        var more = rest > 0 ? $"- :warning: **and {rest} more**, in the file below\n" : "";
        return $"{string.Concat(lines.Take(MostDangers).Select(line => $"- :warning: {line}\n"))}{more}";
    }

    /// <summary>Each cluster with the nodes that something is done to.</summary>
    private static string Where(List<PlannedStep> dangers, Approval approval) =>
        string.Concat(
            dangers
                .GroupBy(step => step.Target)
                .Select(place =>
                    $"- {(place.Key is null ? "no cluster" : $"cluster **{Markdown.Inline(place.Key)}**{Uid(approval, place.Key)}")}{Nodes(place)}\n"
                )
        );

    /// <summary>Which cluster of that name it is, by its own word.</summary>
    private static string Uid(Approval approval, string cluster) =>
        approval.Inputs?.FirstOrDefault(pin => pin.Cluster == cluster) switch
        {
            null => "",
            { Value: { } uid } => $" (UID {Markdown.Code(uid)})",
            { Why: { } why } => $" (:warning: which one cannot be told: {Markdown.Inline(why)})",
            _ => " (no cluster answers there yet)",
        };

    private static string Nodes(IEnumerable<PlannedStep> steps)
    {
        var nodes = steps
            .Where(step => step.Node is not null)
            .Select(step =>
                $"{Markdown.Inline(step.Node!)}{(step.Address is null ? "" : $" {Markdown.Code(step.Address)}")}"
            )
            .Distinct()
            .ToList();
        return nodes.Count == 0 ? "" : $": {Words.Few(nodes, MostNodes)}";
    }
}
