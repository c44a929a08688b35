using System.CommandLine;
using PlatformBot.Hosting;
using PlatformBot.Sandbox;
using PlatformBot.Verbs.Demo;

namespace PlatformBot.Verbs;

/// <summary><c>platformbot sandbox</c>: the demo's world, live, with a chat page in the browser.</summary>
internal static class SandboxVerb
{
    public static Command Make()
    {
        var faults = new Option<string[]>("--fault")
        {
            Description = "what goes wrong, for example infra/cilium-install:times=1; may be given several times",
            DefaultValueFactory = _ => [],
        };
        var speed = SpeedOption.Make(30);
        var port = new Option<int>("--port")
        {
            Description = "the chat page's port; 0 takes a free one",
            DefaultValueFactory = _ => 8066,
        };
        var verb = new Command(
            "sandbox",
            $"Run the bot in a simulated world, with a chat page in the browser\n\nFaults:\n{FaultList()}"
        )
        {
            faults,
            speed,
            port,
        };
        verb.SetAction(
            (parsed, cancelled) =>
                RunAsync(
                    parsed.GetRequiredValue(faults),
                    parsed.GetRequiredValue(speed),
                    parsed.GetRequiredValue(port),
                    parsed.InvocationConfiguration,
                    cancelled
                )
        );
        return verb;
    }

    private static async Task<int> RunAsync(
        string[] faults,
        double speed,
        int port,
        InvocationConfiguration terminal,
        CancellationToken cancelled
    )
    {
        try
        {
            await using var household = await Household.StartAsync(
                folder => new SandboxOptions
                {
                    Directory = folder,
                    Speed = speed,
                    Faults = faults,
                    ChatPort = port,
                },
                logging => DemoLog.Configure(logging, verbose: true),
                cancelled
            );
            await terminal.Output.WriteLineAsync(Greeting(household.World));
            await ObeyAsync(household.World, terminal, cancelled);
            return 0;
        }
        catch (Exception exception)
            when (exception is DemoException or CatalogueException or FormatException or IOException)
        {
            await terminal.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    private static string Greeting(SandboxWorld world) =>
        $"""

            Chat     {world.Chat.BaseUri}    pick a person, top right; then type /platform bootstrap all
            Issues   {world.Tracker.BaseUri}
            People   ada and linus operate; ada, grace and linus approve (never their own run); mallory may only look

            Here: router (somebody configures it), fault NAME, clear NAME, faults, quit
            """;

    /// <summary>What a person does in the world outside chat.</summary>
    private static async Task ObeyAsync(
        SandboxWorld world,
        InvocationConfiguration terminal,
        CancellationToken cancelled
    )
    {
        while (!cancelled.IsCancellationRequested)
        {
            // Without a terminal there is nobody to obey: the sandbox runs until it is ended.
            if (await Console.In.ReadLineAsync(cancelled) is not { } line)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancelled)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            else if (line.Trim() == "quit")
            {
                return;
            }
            else
            {
                await terminal.Output.WriteLineAsync(Obey(world, line.Trim().Split(' ', 2)));
            }
        }
    }

    private static string Obey(SandboxWorld world, string[] words)
    {
        switch (words)
        {
            case ["router"]:
                world.Twin.RouterConfigured = true;
                return "The BGP groups are on the router.";

            case ["nas"]:
                foreach (var cluster in world.Twin.Clusters.Keys)
                    world.Twin.Nas.MakeBucketsOf(cluster);

                return "The buckets are on the NAS.";

            case ["people"]:
                world.Twin.DoWhatPeopleDo();
                return "Router, NAS, and what administrators do in the applications that work by now: all done.";

            case ["fault", var name]:
                return Try(() => world.Faults.Arm(name), $"{name} is armed.");

            case ["clear", var name]:
                world.Faults.Clear(name);
                return $"{name} is cleared.";

            case ["faults"]:
                return $"{FaultList()}\n\nArmed: {string.Join(", ", world.Faults.Armed)}";

            default:
                return "router, nas, people, fault NAME, clear NAME, faults, quit";
        }
    }

    private static string Try(Action act, string done)
    {
        try
        {
            act();
            return done;
        }
        catch (FormatException exception)
        {
            return exception.Message;
        }
    }

    private static string FaultList() =>
        string.Join('\n', FaultCatalogue.All.Select(fault => $"  {fault.Name, -26} {fault.Meaning}"));
}
