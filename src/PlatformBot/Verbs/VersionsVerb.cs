using System.CommandLine;
using PlatformBot.Core;
using PlatformBot.Upgrades;

namespace PlatformBot.Verbs;

/// <summary><c>platformbot versions may-follow</c>: whether a release may follow those that a cluster's nodes run.</summary>
internal static class VersionsVerb
{
    public static Command Make(TextReader input)
    {
        var of = new Option<string>("--of") { Description = "talos or kubernetes", Required = true };
        of.AcceptOnlyFromAmong(NodeReleases.Systems);
        var to = new Option<string>("--to") { Description = "the release: 1.11.3", Required = true };
        var follow = new Command(
            "may-follow",
            "Read `kubectl get nodes --output json`; say whether a release is the same, a later patch or the next minor"
        )
        {
            of,
            to,
        };
        follow.SetAction(parsed =>
            Filter.Print(parsed, Judge(Filter.Read(input), parsed.GetRequiredValue(of), parsed.GetRequiredValue(to)))
        );
        return new Command("versions", "Which versions may follow which") { follow };
    }

    private static Result<string> Judge(string nodes, string system, string wanted)
    {
        if (Release.In(wanted) is not { } to || !char.IsAsciiDigit(wanted[0]))
            return new Refusal($"'{wanted}' is no release", "write three numbers, such as 1.11.3");

        return NodeReleases.Read(nodes, system).Ok(out var running, out var refusal)
            ? Succession.Check(running, to)
            : refusal;
    }
}
