using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>
/// What people type may be part of an address, but never say whose it is. Looked at while a runbook is rehearsed: then nobody has typed
/// anything yet, and a host that cannot be told depends on it, however it came there.
/// </summary>
internal static class HostRule
{
    public static void Check(YamlNode body, Scope scope, Problems problems)
    {
        foreach (var url in Urls(body))
        {
            var end = url.Text.IndexOfAny(['/', '?', '#'], Math.Min(url.Text.Length, "https://".Length));
            var host = new YamlScalar(url.At, end < 0 ? url.Text : url.Text[..end], plain: false);

            if (
                Template.IsIn(host.Text)
                && new Filling(scope, new Problems()).Fill((YamlNode)host) is YamlScalar { IsUnknown: true }
            )
            {
                problems.Add(
                    url.At,
                    "Whose address this is cannot come from what people type.",
                    "Take the host from the inventory, as in https://${{ cluster.endpoint }}/."
                );
            }
        }
    }

    private static IEnumerable<YamlScalar> Urls(YamlNode node) =>
        node switch
        {
            YamlMap map => map.Entries.SelectMany(entry =>
                entry is { Key.Text: "http", Value: YamlMap http }
                    ? [.. http.Scalar("url") is { } url ? new[] { url } : []]
                    : Urls(entry.Value)
            ),
            YamlList list => list.Items.SelectMany(Urls),
            _ => [],
        };
}
