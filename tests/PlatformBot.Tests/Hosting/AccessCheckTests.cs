using PlatformBot.Hosting;
using PlatformBot.Tests.Stories;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Hosting;

public sealed class AccessCheckTests
{
    private const string Push = """
        - step: push
          run: [world, did, pushed]
          proves-itself: true
        """;

    [Fact]
    public void What_is_right_is_let_in()
    {
        var options = new AccessOptions
        {
            Roles = new()
            {
                ["viewer"] = ["*"],
                ["operator"] = ["ada", "@grace", "channel:ops-private", "team:platform", "group:sre"],
                ["apps-team"] = ["4xp9fdt77pncbef59f4k1qe83o"],
            },
            Grants =
            [
                new GrantOptions
                {
                    Role = "apps-team",
                    As = "operator",
                    Clusters = ["apps"],
                },
            ],
        };

        Mistakes(options).ShouldBeEmpty();
    }

    [Fact]
    public void Every_mistake_is_named_with_its_place_and_its_cure()
    {
        var options = new AccessOptions
        {
            Roles = new() { ["operator"] = ["ada lovelace", "chanel:ops"], ["apps-team"] = [] },
            Grants =
            [
                new GrantOptions
                {
                    Role = "aps-team",
                    As = "operator",
                    Commands = ["deply"],
                    Clusters = ["infar"],
                    Phases = ["rolout"],
                },
                new GrantOptions { Role = "operator", As = "operator" },
            ],
        };

        Mistakes(options)
            .ShouldBe([
                "Access:Roles:operator:0: 'ada lovelace' is nobody's name. Write a user name or id, channel:NAME, team:NAME, group:NAME, or * for everybody.",
                "Access:Roles:operator:1: 'chanel:ops' is nobody's name. Write a user name or id, channel:NAME, team:NAME, group:NAME, or * for everybody.",
                "Access:Grants:0:Role: there is no 'aps-team'. Did you mean 'apps-team'?",
                "Access:Grants:0:Commands: there is no 'deply'. Did you mean 'deploy'?",
                "Access:Grants:0:Clusters: there is no 'infar'. Did you mean 'infra'?",
                "Access:Grants:0:Phases: there is no 'rolout'. Did you mean 'rollout'?",
                "Access:Grants:1: 'operator' is itself already.",
            ]);
    }

    [Fact]
    public void A_role_that_a_runbook_asks_for_must_be_there()
    {
        Mistakes(
                new AccessOptions(),
                runbook => runbook.Replace("run: operator", "run: deployer", StringComparison.Ordinal)
            )
            .ShouldHaveSingleItem()
            .ShouldStartWith("Access:Roles: the runbook 'deploy' asks for the role 'deployer', which is not there.");
    }

    [Theory]
    [InlineData("oncal", "Access:BreakGlass: there is no role 'oncal'. Did you mean 'oncall'?")]
    [InlineData(
        "viewer",
        "Access:BreakGlass: everybody holds 'viewer'. Name the people, or a closed channel of theirs."
    )]
    public void Whoever_may_approve_alone_is_named_and_never_everybody(string role, string mistake)
    {
        var options = new AccessOptions
        {
            Roles = new() { ["viewer"] = ["*"], ["oncall"] = ["ada"] },
            BreakGlass = role,
        };

        Mistakes(options).ShouldHaveSingleItem().ShouldBe(mistake);
        Mistakes(options with { BreakGlass = "oncall" }).ShouldBeEmpty();
    }

    private static IEnumerable<string> Mistakes(AccessOptions options, Func<string, string>? edit = null)
    {
        var folder = Directory.CreateTempSubdirectory("access-").FullName;

        try
        {
            Catalogues.Write(folder, Push, "{ per: phase, quorum: 1, expires: 4h }");
            var path = Path.Combine(folder, "commands", "deploy.yaml");
            File.WriteAllText(path, (edit ?? (text => text))(File.ReadAllText(path)));
            var catalogue = Core.Runbooks.Catalogue.Read(Path.Combine(folder, "commands")).Catalogue!;
            return new AccessCheck(catalogue).Validate(name: null, options).Failures ?? [];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
