using PlatformBot.Core.Ledgers;

namespace PlatformBot.Core.Chat;

/// <summary>What is said when somebody lets a name mean another cluster. Pure.</summary>
public static class RepinPosts
{
    public static Post Of(Repin repin) =>
        new()
        {
            Text =
                $"#### :link: {repin.By} lifted the pin of **{Markdown.Inline(repin.Cluster)}**\n“{Markdown.Inline(repin.Reason)}”\n\n"
                + $"Until now it was the cluster with the UID {Markdown.Code(repin.Was.Uid)}. Whichever answers next under that name is {Markdown.Inline(repin.Cluster)} from then on.",
        };
}
