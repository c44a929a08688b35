using System.Text.Json;
using PlatformBot.Verbs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Platform;

/// <summary><c>platformbot versions may-follow</c>, behind <c>kubectl get nodes --output json</c>.</summary>
public sealed class SuccessionTests
{
    // csharpier-ignore-start - one case per row
    [Theory]
    [InlineData("1.11.2 1.11.2", "1.11.3", "1.11.3 may follow: n1 runs 1.11.2, n2 runs 1.11.2")]
    [InlineData("1.11.3 1.11.2", "1.11.3", "1.11.3 may follow: n1 runs 1.11.3, n2 runs 1.11.2")]
    [InlineData("1.11.2 1.11.9", "1.12.0", "1.12.0 may follow: n1 runs 1.11.2, n2 runs 1.11.9")]
    [InlineData("1.11.2 1.11.20", "1.11.3", "error: n2 runs 1.11.20, which is newer than 1.11.3; an upgrade never goes back: name a newer release, or undo the upgrade with `/platform rollback` of its run")]
    [InlineData("1.12.0 1.11.2", "1.11.3", "error: n1 runs 1.12.0, which is newer than 1.11.3; an upgrade never goes back: name a newer release, or undo the upgrade with `/platform rollback` of its run")]
    [InlineData("1.12.0 1.11.2", "1.13.0", "error: n2 runs 1.11.2, and 1.13.0 skips a minor; upgrade to the latest 1.12 first, and to 1.13.0 when that has settled")]
    [InlineData("1.11.2", "2.0.0", "error: n1 runs 1.11.2, and 2.0.0 skips a minor; read its upgrade notes: no runbook goes from one major to the next")]
    [InlineData("unknown", "1.11.3", "error: n1 says 'Talos (vunknown)', which names no release; look at `kubectl get nodes`")]
    [InlineData("", "1.11.3", "error: nothing was found that runs a release; look at what the command before printed")]
    // csharpier-ignore-end
    public void A_later_patch_or_the_next_minor_may_follow_and_nothing_else(string running, string to, string answer)
    {
        var nodes = running
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(
                (version, at) =>
                    new
                    {
                        metadata = new { name = $"n{at + 1}" },
                        status = new { nodeInfo = new { osImage = $"Talos (v{version})" } },
                    }
            );

        Ask(JsonSerializer.Serialize(new { items = nodes }), to).ShouldBe(answer);
    }

    [Theory]
    [InlineData("")]
    [InlineData("The connection to the server was refused")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"items":[{"metadata":{}}]}""")]
    public void What_is_no_list_of_nodes_is_refused(string text) =>
        Ask(text, "1.11.3").ShouldStartWith("error: that is no list of nodes");

    private static string Ask(string nodes, string to)
    {
        var said = Typed.Run(VersionsVerb.Make(new StringReader(nodes)), "may-follow", "--of", "talos", "--to", to);
        return $"{said.Output}{said.Error}".Trim();
    }
}
