using System.Text;

namespace PlatformBot.Core.Chat;

/// <summary>A cluster on one screen. Pure.</summary>
public static class ClusterPosts
{
    private const int MostDetails = 5;
    private const int LongestDetail = 200;

    public static string Render(ClusterView view)
    {
        var text = new StringBuilder(
            $"#### {Mark(Worst(view))} {Markdown.Inline(view.Cluster)} · {Words.Utc(view.At)}\n"
        );

        foreach (var finding in view.Findings)
        {
            text.Append($"- {Mark(finding.Health)} **{finding.Topic}** {Markdown.Inline(finding.Text)}\n");

            foreach (var detail in finding.Details.Take(MostDetails))
                text.Append($"    - {Markdown.Inline(Words.Cut(detail, LongestDetail))}\n");

            if (finding.Details.Count > MostDetails)
                text.Append($"    - … and {finding.Details.Count - MostDetails} more\n");
        }

        if (view.Missing.Count > 0)
            text.Append($"- not installed: {string.Join(", ", view.Missing)}\n");

        return text.ToString();
    }

    private static Health Worst(ClusterView view) =>
        view.Findings.Select(finding => finding.Health).OrderByDescending(Badness).FirstOrDefault();

    private static int Badness(Health health) =>
        health switch
        {
            Health.Ill => 3,
            Health.Unknown => 2,
            Health.Attention => 1,
            Health.Well => 0,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static string Mark(Health health) =>
        health switch
        {
            Health.Well => ":white_check_mark:",
            Health.Attention => ":warning:",
            Health.Ill => ":rotating_light:",
            Health.Unknown => ":grey_question:",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
