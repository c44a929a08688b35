using Microsoft.Extensions.Logging;
using PlatformBot.Sandbox;
using PlatformBot.Verbs.Demo;
using PlatformBot.Verbs.Rehearsals;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>The whole platform, built once for all tests of a class, and people who ask for what comes after.</summary>
public sealed class BuiltPlatform : IAsyncLifetime
{
    private const double Fast = 60;
    private const double Slow = 6;

    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(9));
    private Household? _household;
    private Watcher? _ada;
    private Watcher? _grace;
    private bool _isBackedUp;

    internal SandboxWorld World => _household!.World;

    public async ValueTask InitializeAsync()
    {
        _household = await Household.StartAsync(
            folder => new SandboxOptions { Directory = folder, Speed = Fast },
            logging => logging.ClearProviders(),
            _limit.Token
        );
        var transcript = new Transcript(TextWriter.Null, json: true, colour: false, width: 120, World.Clock);
        _ada = await Seats.SitAsync(World, "ada", transcript, aloud: true, _limit.Token);
        _grace = await Seats.SitAsync(World, "grace", transcript, aloud: false, _limit.Token);
        await Seats.WaitForBotAsync(_ada, _limit.Token);
        await PlayAsync("bootstrap all");
    }

    /// <summary>Backed up at least once: what restores are made from.</summary>
    internal async Task BackUpAsync()
    {
        if (_isBackedUp)
            return;

        await PlayAsync("backup all");
        _isBackedUp = true;
    }

    /// <summary>Where time is measured, the host's own work must not count as the platform's.</summary>
    internal async Task<Played> MeasureAsync(string command, params string[] faults)
    {
        var clock = (FastClock)World.Clock;
        clock.RunAt(Slow);

        try
        {
            return await PlayAsync(command, faults);
        }
        finally
        {
            clock.RunAt(Fast);
        }
    }

    /// <summary>Ada asks for it, Grace approves, and whatever goes wrong is mended when it has stopped somebody.</summary>
    /// <param name="faults">armed before</param>
    internal async Task<Played> PlayAsync(string command, params string[] faults)
    {
        foreach (var fault in faults)
            World.Faults.Arm(fault);

        var rehearsed = await new Rehearsal(_household!, _ada!, _grace!, _ => { }).PlayAsync(command, _limit.Token);
        var end = await _ada!.PostAsync(
            post =>
                post.Message.Contains($"Run {rehearsed.Run.Id} ", StringComparison.Ordinal)
                && post.Message.Contains("Journal: ", StringComparison.Ordinal),
            _limit.Token
        );
        return new Played(rehearsed, end.Message);
    }

    public async ValueTask DisposeAsync()
    {
        if (_grace is not null)
            await _grace.DisposeAsync();

        if (_ada is not null)
            await _ada.DisposeAsync();

        if (_household is not null)
            await _household.DisposeAsync();

        _limit.Dispose();
    }
}

/// <param name="End">the run's last post</param>
internal sealed record Played(Rehearsed Rehearsed, string End)
{
    /// <summary>What stopped somebody: "step: what was said".</summary>
    public IReadOnlyList<string> Asked =>
        [.. Rehearsed.Bites.Where(bite => bite.IsForPeople).Select(bite => $"{bite.Step}: {bite.Said}")];
}
