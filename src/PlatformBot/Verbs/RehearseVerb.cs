using System.CommandLine;
using PlatformBot.Hosting;
using PlatformBot.Sandbox;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Verbs.Demo;
using PlatformBot.Verbs.Rehearsals;

namespace PlatformBot.Verbs;

/// <summary>
/// <c>platformbot rehearse bootstrap all --fault infra/image-pull/cilium</c>: plays a runbook against a fresh twin and reports. Exits with 0 only
/// when the run succeeded and everything that the twin says of the platform is true.
/// </summary>
internal static class RehearseVerb
{
    /// <summary>What builds the platform that every other runbook works on.</summary>
    private const string Builder = "bootstrap";

    /// <summary>Where something must be said.</summary>
    private const string None = "none";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static readonly Argument<string[]> Words = new("command")
    {
        Description = "as people type it in chat: bootstrap all",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string[]> Faults = new("--fault")
    {
        Description = "what goes wrong, for example infra/cilium-install:times=1; may be given several times",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> Every = new("--every-fault")
    {
        Description = "once for each fault that there is, each time in a new world",
    };

    private static readonly Option<string?> After = new("--after")
    {
        Description =
            $"what is run first, without faults; by itself \"{Builder} all\" before any other command than {Builder}",
    };

    private static readonly Option<string> Output = OutputOption.Make("one object");

    private static readonly Option<bool> Unjudged = new("--unjudged")
    {
        Description = "the twin's word does not count: for what takes a platform apart",
    };

    private static readonly Option<double> Speed = SpeedOption.Make(60);

    public static Command Make(TimeProvider real)
    {
        var verb = new Command("rehearse", "Play a runbook against a fresh simulated platform and report")
        {
            Words,
            Faults,
            Every,
            After,
            Output,
            Unjudged,
            Speed,
        };
        verb.SetAction(
            (parsed, cancelled) =>
            {
                var worlds = parsed.GetValue(Every)
                    ? EveryFault()
                    :
                    [
                        [.. parsed.GetRequiredValue(Faults).Where(fault => fault != None)],
                    ];
                return RunAsync(WantedOf(parsed), worlds, real, parsed.InvocationConfiguration, cancelled);
            }
        );
        return verb;
    }

    private static Wanted WantedOf(ParseResult parsed)
    {
        string[] words = [.. parsed.GetRequiredValue(Words).Where(word => word.Length > 0)];
        return new Wanted(
            string.Join(' ', words),
            parsed.GetValue(After) ?? (words[0] == Builder ? "" : $"{Builder} all"),
            parsed.GetRequiredValue(Speed),
            parsed.GetRequiredValue(Output) == OutputOption.Json,
            parsed.GetValue(Unjudged)
        );
    }

    /// <param name="After">"" when the world is taken as it is at its beginning</param>
    private sealed record Wanted(string Command, string After, double Speed, bool Json, bool IsUnjudged);

    private static IReadOnlyList<string[]> EveryFault() =>
        [.. FaultCatalogue.All.Select(fault => new[] { FaultCatalogue.Example(fault.Name) })];

    private static async Task<int> RunAsync(
        Wanted wanted,
        IReadOnlyList<string[]> worlds,
        TimeProvider real,
        InvocationConfiguration terminal,
        CancellationToken cancelled
    )
    {
        var bad = 0;

        foreach (var faults in worlds)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
            limit.CancelAfter(Limit);

            try
            {
                bad += await PlayAsync(wanted, faults, real, terminal, limit.Token) ? 0 : 1;
            }
            catch (Exception exception) when (exception is DemoException or CatalogueException or FormatException)
            {
                await terminal.Error.WriteLineAsync($"{Named(faults)}: {exception.Message}");
                bad++;
            }
            catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
            {
                await terminal.Error.WriteLineAsync(
                    $"{Named(faults)}: {wanted.Command} did not end within {Limit.TotalMinutes:0} minutes."
                );
                bad++;
            }
        }

        return bad == 0 ? 0 : 1;
    }

    private static string Named(string[] faults) => faults.Length == 0 ? "without faults" : string.Join(", ", faults);

    /// <returns>whether it went as it should</returns>
    private static async Task<bool> PlayAsync(
        Wanted wanted,
        string[] faults,
        TimeProvider real,
        InvocationConfiguration terminal,
        CancellationToken cancellationToken
    )
    {
        await using var household = await Household.StartAsync(
            folder => new SandboxOptions
            {
                Directory = folder,
                Speed = wanted.Speed,
                Faults = wanted.After.Length == 0 ? faults : [],
            },
            logging => DemoLog.Configure(logging, verbose: false),
            cancellationToken
        );
        var nobody = new Transcript(TextWriter.Null, json: true, colour: false, width: 80, household.World.Clock);
        await using var ada = await Seats.SitAsync(household.World, "ada", nobody, aloud: true, cancellationToken);
        await using var grace = await Seats.SitAsync(household.World, "grace", nobody, aloud: false, cancellationToken);
        await Seats.WaitForBotAsync(ada, cancellationToken);
        void Tell(string line) => terminal.Error.WriteLine($"{household.World.Clock.GetUtcNow():HH:mm:ss} {line}");

        if (wanted.After.Length > 0)
        {
            var before = await new Rehearsal(household, ada, grace, Tell).PlayAsync(wanted.After, cancellationToken);

            if (!before.HasSucceeded)
                throw new DemoException($"{wanted.After}, which comes first, did not succeed.");

            foreach (var fault in faults)
                household.World.Faults.Arm(fault);
        }

        var began = real.GetTimestamp();
        var played = await new Rehearsal(household, ada, grace, Tell).PlayAsync(wanted.Command, cancellationToken);
        var took = real.GetElapsedTime(began);
        var verdict = TwinVerdict.Of(household.World.Twin);
        await terminal.Output.WriteLineAsync(
            wanted.Json ? RehearsalReport.JsonLine(played, verdict, took) : RehearsalReport.Text(played, verdict, took)
        );
        return played.HasSucceeded && (wanted.IsUnjudged || verdict.All(fact => fact.Holds));
    }
}
