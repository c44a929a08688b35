using Microsoft.Extensions.Logging;
using PlatformBot.Sandbox;
using PlatformBot.Verbs.Demo;
using PlatformBot.Verbs.Rehearsals;
using Shouldly;

namespace PlatformBot.Tests.Stories;

/// <summary>The shipped runbooks against the simulated platform, with three people in the channel.</summary>
internal sealed class ThePlatform : IAsyncDisposable
{
    private readonly CancellationTokenSource _limit;
    private readonly Household _household;

    private ThePlatform(CancellationTokenSource limit, Household household) =>
        (_limit, _household) = (limit, household);

    public SandboxWorld World => _household.World;

    public CancellationToken Limit => _limit.Token;

    /// <summary>She starts runs, and hears everything.</summary>
    public required Watcher Ada { get; init; }

    public required Watcher Grace { get; init; }

    public required Watcher Linus { get; init; }

    public required Transcript Transcript { get; init; }

    /// <param name="minutes">of real time, for the whole story</param>
    /// <param name="faults">what goes wrong</param>
    public static async Task<ThePlatform> WithAsync(int minutes, params string[] faults)
    {
        var limit = new CancellationTokenSource(TimeSpan.FromMinutes(minutes));
        var household = await Household.StartAsync(
            folder => new SandboxOptions
            {
                Directory = folder,
                Speed = 60,
                Faults = faults,
            },
            logging => logging.ClearProviders(),
            limit.Token
        );
        var world = household.World;
        var transcript = new Transcript(TextWriter.Null, json: true, colour: false, width: 120, world.Clock);
        var platform = new ThePlatform(limit, household)
        {
            Ada = await Seats.SitAsync(world, "ada", transcript, aloud: true, limit.Token),
            Grace = await Seats.SitAsync(world, "grace", transcript, aloud: false, limit.Token),
            Linus = await Seats.SitAsync(world, "linus", transcript, aloud: false, limit.Token),
            Transcript = transcript,
        };
        await Seats.WaitForBotAsync(platform.Ada, limit.Token);
        return platform;
    }

    /// <summary>What people do as the demo's story has it.</summary>
    /// <param name="fault">that it waits for</param>
    /// <param name="change">what is different outside</param>
    public Story Story(string fault = "", Func<StoryWorld, StoryWorld>? change = null)
    {
        var world = DemoWorld.Of(World, fault);
        return new(Ada, Grace, Linus, change?.Invoke(world) ?? world, Transcript);
    }

    /// <summary>The bot leaves in the middle of whatever it does, and another one takes over its journal.</summary>
    public async Task RestartBotAsync()
    {
        await _household.RestartBotAsync(Limit);
        await Seats.WaitForBotAsync(Ada, Limit);
    }

    /// <summary>A run from its plan to its end, in which people approve, do what they are asked to, and mend what was made to go wrong.</summary>
    public Task<Rehearsed> RehearseAsync(string command) =>
        new Rehearsal(_household, Ada, Grace, _ => { }).PlayAsync(command, Limit);

    /// <summary>Ada types it, and reads the answer.</summary>
    /// <returns>the answer</returns>
    public async Task<string> SayAsync(string command)
    {
        await Ada.Seat.TypeAsync(command, Limit);
        return await Ada.PrivateAsync(Limit);
    }

    /// <summary>Ada reads how a run has ended.</summary>
    public async Task<string> EndAsync(int run = 1) =>
        (await Ada.PostAsync(post => IsEnd(post.Message, run), Limit)).Message;

    /// <summary>
    /// A run to its good end, in which Linus mends each thing that goes wrong and tries again. A failure that nobody expected ends the
    /// story with its words.
    /// </summary>
    /// <param name="command">what Ada types</param>
    /// <param name="people">what others do meanwhile, until their part is over</param>
    /// <param name="expected">which step fails, what a person sees of it, and what they mend</param>
    /// <param name="mend">beside the fault of that name, which is cleared</param>
    /// <returns>What was mended.</returns>
    public async Task<IReadOnlyCollection<string>> MendedAsync(
        string command,
        Func<CancellationToken, Task> people,
        IReadOnlyList<(string Step, string Saw, string Cause)> expected,
        Action<string>? mend = null
    )
    {
        await SayAsync(command);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Limit);
        var others = people(over.Token);
        var mended = new HashSet<string>();
        var mending = MendAsync(expected, Mend, over.Token);
        var ending = EndAsync();

        if (await Task.WhenAny(ending, mending) == mending)
            await mending;

        var end = await ending;
        await others;
        await over.CancelAsync();
        await mending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        end.ShouldContain("succeeded");
        return mended;

        void Mend(string cause)
        {
            if (mended.Add(cause))
                mend?.Invoke(cause);

            World.Faults.Clear(cause);
        }
    }

    private async Task MendAsync(
        IReadOnlyList<(string Step, string Saw, string Cause)> expected,
        Action<string> mend,
        CancellationToken cancellationToken
    )
    {
        var seen = new HashSet<string>();

        while (true)
        {
            var post = await Linus.PostAsync(
                post => post.Buttons.Contains("retry") && !seen.Contains(post.Id),
                cancellationToken
            );
            seen.Add(post.Id);
            var (_, _, cause) = expected
                .Where(one =>
                    post.Message.Contains($"**{one.Step}** failed", StringComparison.Ordinal)
                    && post.Text.Contains(one.Saw, StringComparison.Ordinal)
                )
                .ShouldHaveSingleItem(post.Text);

            mend(cause);
            await Linus.Seat.PressAsync(post.Id, "retry", cancellationToken);
            await Linus.PrivateAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Linus.DisposeAsync();
        await Grace.DisposeAsync();
        await Ada.DisposeAsync();
        await _household.DisposeAsync();
        _limit.Dispose();
    }

    private static bool IsEnd(string message, int run) =>
        message.Contains(" after ", StringComparison.Ordinal)
        && new[] { $":white_check_mark: Run #{run} ", $":x: Run #{run} ", $"Run #{run} rolled back" }.Any(end =>
            message.Contains(end, StringComparison.Ordinal)
        );
}
