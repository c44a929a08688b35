using System.Text;
using Microsoft.Extensions.Logging;
using PlatformBot.Sandbox;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Verbs.Demo;
using PlatformBot.Verbs.Rehearsals;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>The demo's story, played once, and looked at from outside: the twin, the tools' log, the bytes on disk.</summary>
public sealed class WholePlatformTests
{
    private const string Fault = "infra/image-pull/cilium";

    [Fact]
    public async Task The_platform_is_built_once_and_no_secret_is_left_behind()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        var log = new RecordedLog();
        var said = new StringBuilder();
        await using var household = await Household.StartAsync(
            folder => new SandboxOptions
            {
                Directory = folder,
                Speed = 60,
                Faults = [Fault],
            },
            logging => logging.ClearProviders().AddProvider(log),
            limit.Token
        );

        var status = await PlayAsync(household, new StringWriter(said), limit.Token);

        TwinVerdict.Of(household.World.Twin).Where(fact => !fact.Holds).ShouldBeEmpty();
        log.Warnings.ShouldBeEmpty();
        ShouldBeWell(status);
        ShouldHaveHappenedOnce(household.World);
        ShouldHoldNoSecret(household, said.ToString());
    }

    /// <returns>How the clusters are in the end, as chat tells it.</returns>
    private static async Task<string> PlayAsync(Household household, TextWriter to, CancellationToken cancellationToken)
    {
        var world = household.World;
        var transcript = new Transcript(to, json: true, colour: false, width: 120, world.Clock);
        await using var ada = await Seats.SitAsync(world, "ada", transcript, aloud: true, cancellationToken);
        await using var grace = await Seats.SitAsync(world, "grace", transcript, aloud: false, cancellationToken);
        await using var linus = await Seats.SitAsync(world, "linus", transcript, aloud: false, cancellationToken);
        await Seats.WaitForBotAsync(ada, cancellationToken);
        await new Story(ada, grace, linus, DemoWorld.Of(world, Fault), transcript).TellAsync(cancellationToken);

        // What the bootstrap has built is well in the eyes of those who look every day.
        var health = await new Rehearsal(household, linus, grace, _ => { }).PlayAsync("health all", cancellationToken);
        health.Bites.ShouldBeEmpty();
        health.HasSucceeded.ShouldBeTrue();

        await linus.Seat.TypeAsync("/platform status clusters", cancellationToken);
        return await linus.PrivateAsync(cancellationToken, aloud: false);
    }

    /// <summary>Looked at over the wire, what the runbooks built is there and in order.</summary>
    private static void ShouldBeWell(string status)
    {
        foreach (var topic in new[] { "API server", "nodes", "Flux", "mesh", "backups", "volumes" })
            status.Split($":white_check_mark: **{topic}**").Length.ShouldBe(3, status);
    }

    /// <summary>What must never be done twice, by the word of the tools themselves.</summary>
    private static void ShouldHaveHappenedOnce(SandboxWorld world)
    {
        var done = world.Tools.Log.Where(run => run.ExitCode == 0).Select(run => run.CommandLine).ToList();

        done.Count(command =>
                command.StartsWith("talosctl", StringComparison.Ordinal)
                && command.EndsWith(" bootstrap", StringComparison.Ordinal)
            )
            .ShouldBe(2);

        foreach (var node in Enumerable.Range(11, 6).Select(n => $"10.25.11.{n}"))
        {
            done.Count(command =>
                    command.Contains($"--nodes {node} ", StringComparison.Ordinal)
                    && command.Contains(" reset ", StringComparison.Ordinal)
                )
                .ShouldBe(1, node);
            done.Count(command =>
                    command.Contains($"--nodes {node} ", StringComparison.Ordinal)
                    && command.Contains(" wipe disk ", StringComparison.Ordinal)
                )
                .ShouldBe(1, node);
        }
    }

    private static void ShouldHoldNoSecret(Household household, string said)
    {
        var secrets = household
            .World.Vault.Items.SelectMany(item => item.Fields.Values)
            .Where(value => value.Length >= 16)
            .Distinct()
            .ToList();
        secrets.Count.ShouldBeGreaterThan(20);
        var issues = string.Concat(
            household.World.Tracker.Issues.Select(issue =>
                issue.Body + string.Concat(issue.Comments.Select(comment => comment.Body))
            )
        );
        var commands = string.Join('\n', household.World.Tools.Log.Select(run => run.CommandLine));
        var journal = string.Concat(TheChat.JournalFiles(household.Folder).Select(ReadShared));

        foreach (
            var (place, text) in new[]
            {
                ("chat", said),
                ("issues", issues),
                ("process arguments", commands),
                ("journal", journal),
            }
        )
        {
            secrets.Where(secret => text.Contains(secret, StringComparison.Ordinal)).ShouldBeEmpty($"in {place}");
        }
    }

    private static string ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file, Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
