using System.CommandLine;
using PlatformBot.Hosting;
using PlatformBot.Sandbox;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Verbs.Demo;

namespace PlatformBot.Verbs;

/// <summary>
/// <c>platformbot demo</c>: a whole bootstrap in the sandbox, told as a transcript. Exits with 0 only when the twin, which
/// knows nothing of the bot, says that the platform is what it should be.
/// </summary>
internal static class DemoVerb
{
    private const string Fault = "infra/image-pull/cilium";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static Command Make()
    {
        var output = OutputOption.Make("one object");
        var speed = SpeedOption.Make(90);
        var verbose = new Option<bool>("--verbose") { Description = "also show the bot's log, on standard error" };
        var verb = new Command("demo", "Play a whole bootstrap in the sandbox and print the conversation")
        {
            output,
            speed,
            verbose,
        };
        verb.SetAction(
            (parsed, cancelled) =>
                RunAsync(
                    parsed.GetRequiredValue(output) == OutputOption.Json,
                    parsed.GetRequiredValue(speed),
                    parsed.GetValue(verbose),
                    parsed.InvocationConfiguration,
                    cancelled
                )
        );
        return verb;
    }

    private static async Task<int> RunAsync(
        bool json,
        double speed,
        bool verbose,
        InvocationConfiguration terminal,
        CancellationToken cancelled
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        limit.CancelAfter(Limit);

        try
        {
            return await TellAsync(json, speed, verbose, terminal, limit.Token);
        }
        catch (Exception exception) when (exception is DemoException or CatalogueException)
        {
            await terminal.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            await terminal.Error.WriteLineAsync($"The demo did not end within {Limit.TotalMinutes:0} minutes.");
            return 1;
        }
    }

    private static async Task<int> TellAsync(
        bool json,
        double speed,
        bool verbose,
        InvocationConfiguration terminal,
        CancellationToken cancellationToken
    )
    {
        await using var household = await Household.StartAsync(
            folder => new SandboxOptions
            {
                Directory = folder,
                Speed = speed,
                Faults = [Fault],
            },
            logging => DemoLog.Configure(logging, verbose),
            cancellationToken
        );
        var world = household.World;
        var colour = !json && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;
        var width = Console.IsOutputRedirected ? 140 : Math.Clamp(Console.WindowWidth, 80, 180);
        var transcript = new Transcript(terminal.Output, json, colour, width, world.Clock);

        await using var ada = await Seats.SitAsync(world, "ada", transcript, aloud: true, cancellationToken);
        await using var grace = await Seats.SitAsync(world, "grace", transcript, aloud: false, cancellationToken);
        await using var linus = await Seats.SitAsync(world, "linus", transcript, aloud: false, cancellationToken);
        await Seats.WaitForBotAsync(ada, cancellationToken);

        await new Story(ada, grace, linus, DemoWorld.Of(world, Fault), transcript).TellAsync(cancellationToken);
        return Judge(world, transcript);
    }

    /// <summary>The last word is the twin's.</summary>
    private static int Judge(SandboxWorld world, Transcript transcript)
    {
        var facts = TwinVerdict.Of(world.Twin);

        transcript.Write(
            "world",
            "the twin",
            "knows nothing of the bot. Asked whether the platform is what it should be:"
        );

        foreach (var fact in facts)
        {
            transcript.Write(
                "verdict",
                "the twin",
                $"{(fact.Holds ? ":white_check_mark:" : ":x:")} {fact.What}: {fact.Saw}"
            );
        }

        return facts.All(fact => fact.Holds) ? 0 : 1;
    }
}
