using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>A name means one cluster. Letting it mean another is said out loud.</summary>
public sealed partial class Bot
{
    private async Task<Reply> RepinAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    )
    {
        if (words.Count < 2)
        {
            var usage = new Refusal("Lifting a pin needs the cluster and a reason.", Usage("repin"));
            return await RefuseAsync(command.By, null, command.Text, usage);
        }

        var (cluster, reason) = (words[0], Words.Cut(string.Join(' ', words.Skip(1)), LongestReason));

        if (MayUse(command.By, "admin", new Reach("repin", [cluster], [])) is { } no)
            return await RefuseAsync(command.By, null, command.Text, no);

        var lifted = await _ledger.DecideAsync(command.By, now => Lifting(now, cluster, reason));
        return lifted.Ok(out _, out var refusal)
            ? new Reply(
                $":link: Whichever cluster answers next as {Markdown.Code(cluster)} is {Markdown.Code(cluster)} from then on."
            )
            : await RefuseAsync(command.By, null, command.Text, refusal);
    }

    private static Result<RunEvent> Lifting(Ledger now, string cluster, string reason) =>
        now.Clusters.TryGetValue(cluster, out var pin)
            ? new RunEvent.ClusterUnpinned(cluster, pin.Uid, reason)
            : new Refusal(
                $"No cluster is bound to {Markdown.Code(Words.Cut(cluster, 40))}.",
                now.Clusters.IsEmpty
                    ? "A name is bound when its cluster answers for the first time."
                    : $"Bound are {string.Join(", ", now.Clusters.Keys.Order(StringComparer.Ordinal).Select(Markdown.Code))}."
            );
}
