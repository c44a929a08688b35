using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>What applying would change on the clusters now, in words.</summary>
internal static class PreviewText
{
    private const int MostFields = 3;

    /// <summary>For a post: a line per step that would change something, its first changes below it.</summary>
    public static IEnumerable<string> Lines(Plan plan, PlanSight sight)
    {
        var steps = plan
            .Steps.Select(step => (Step: step, Previews: sight.Previews.GetValueOrDefault(step.Id) ?? []))
            .Where(each => each.Previews.Any(preview => preview.Effect != ApplyEffect.Nothing));

        foreach (var (step, previews) in steps)
        {
            yield return $"- :pencil2: {Markdown.Code(step.Id)} would {Sum(previews)}";

            foreach (var line in Fields(previews).Take(MostFields))
                yield return $"    - {Markdown.Code(line)}";

            if (Fields(previews).Skip(MostFields).Count() is var more and > 0)
                yield return $"    - … and {Words.Count(more, "more change")}";
        }
    }

    /// <summary>For a file: every object, and every field of it.</summary>
    public static IEnumerable<string> Whole(IReadOnlyList<ApplyPreview> previews) =>
        previews.SelectMany(preview =>
            preview
                .Details.Select(detail => $"    {detail}")
                .Prepend(
                    preview.Effect switch
                    {
                        ApplyEffect.Create => $"would create {preview.Object}",
                        ApplyEffect.Change => $"would change {preview.Object}",
                        ApplyEffect.Nothing => $"would leave {preview.Object} as it is",
                        _ => $"cannot tell what becomes of {preview.Object}",
                    }
                )
        );

    /// <summary>"create 2 and change 1 of 4 objects"</summary>
    private static string Sum(IReadOnlyList<ApplyPreview> previews)
    {
        var parts = new[]
        {
            (Count(ApplyEffect.Create), "create"),
            (Count(ApplyEffect.Change), "change"),
            (Count(ApplyEffect.Unknown), "do what cannot be told yet to"),
        };
        var words = parts.Where(part => part.Item1 > 0).Select(part => $"{part.Item2} {part.Item1}").ToList();
        return $"{string.Join(" and ", words)} of {Words.Count(previews.Count, "object")}";

        int Count(ApplyEffect effect) => previews.Count(preview => preview.Effect == effect);
    }

    /// <summary>What would change; of what cannot be told, each reason once.</summary>
    private static IEnumerable<string> Fields(IReadOnlyList<ApplyPreview> previews)
    {
        var changes =
            from preview in previews
            where preview.Effect == ApplyEffect.Change
            from field in preview.Details
            select $"{preview.Object}: {field}";
        var reasons = previews.Where(preview => preview.Effect == ApplyEffect.Unknown).SelectMany(each => each.Details);
        return changes.Concat(reasons.Distinct());
    }
}
