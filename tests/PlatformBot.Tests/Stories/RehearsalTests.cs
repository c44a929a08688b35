using System.CommandLine;
using System.Text.Json;
using PlatformBot.Verbs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>A runbook played against a fresh twin, with a fault that people must mend.</summary>
public sealed class RehearsalTests
{
    [Fact]
    public async Task A_runbook_is_played_a_fault_is_mended_and_the_twin_has_the_last_word()
    {
        var (exit, output) = await RehearseAsync("bootstrap", "infra", "--fault", "infra/etcd-bootstrap", "--unjudged");

        exit.ShouldBe(0, output);
        var report = JsonDocument.Parse(output).RootElement;
        report.GetProperty("ending").GetString().ShouldBe("succeeded");
        var bite = report
            .GetProperty("bites")
            .EnumerateArray()
            .Single(each => each.GetProperty("forPeople").GetBoolean());
        bite.GetProperty("step").GetString().ShouldBe("infra/etcd-bootstrap");
        bite.GetProperty("said").GetString()!.ShouldContain("time is not in sync yet");

        // Side by side is faster than one after the other, and nothing is faster than the longest chain.
        var makespan = report.GetProperty("makespan").GetDouble();
        makespan.ShouldBeGreaterThan(report.GetProperty("critical").GetDouble());
        makespan.ShouldBeLessThan(report.GetProperty("inSequence").GetDouble());

        // Half a platform is not what it should be, and the twin says so.
        var verdict = report
            .GetProperty("verdict")
            .EnumerateArray()
            .ToDictionary(
                fact => fact.GetProperty("what").GetString()!,
                fact => fact.GetProperty("holds").GetBoolean()
            );
        verdict["infra: three nodes are Ready"].ShouldBeTrue();
        verdict["apps: three nodes are Ready"].ShouldBeFalse();
    }

    [Fact]
    public async Task What_the_bot_refuses_is_not_played()
    {
        var (exit, output) = await RehearseAsync("bootstap", "infra", "--after", "");

        exit.ShouldBe(1);
        output.ShouldContain("/platform bootstap infra was not run: ");
        output.ShouldContain("bootstrap");
    }

    private static async Task<(int Exit, string Output)> RehearseAsync(params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var parsed = RehearseVerb.Make(TimeProvider.System).Parse([.. words, "--output", "json", "--speed", "120"]);
        var exit = await parsed.InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error },
            TestContext.Current.CancellationToken
        );
        return (exit, exit == 0 ? $"{output}" : $"{output}{error}");
    }
}
