using PlatformBot.Core;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using PlatformBot.Sandbox;
using PlatformBot.Verbs.Demo;

namespace PlatformBot.Verbs.Rehearsals;

/// <summary>
/// Plays a runbook in the sandbox, with people who approve, confirm, and mend what was made to go wrong when they are asked. They act on the
/// chat server as any client does; what to do next they take from the journal.
/// </summary>
internal sealed class Rehearsal(Household household, Watcher ada, Watcher grace, Action<string> tell)
{
    private const int MostRetries = 3;

    /// <summary>A machine that somebody has plugged in again has to start.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMinutes(2);

    private const string Missing = "/missing";
    private const string Evidence = "rehearsed: nothing to see here";

    private readonly RunHost _runs = household.Services.GetRequiredService<RunHost>();
    private readonly IJournal _journal = household.Services.GetRequiredService<IJournal>();
    private readonly HashSet<string> _done = [];
    private readonly Dictionary<string, int> _retries = [];
    private readonly List<Bite> _bites = [];

    /// <param name="command">as people type it, without the trigger: "bootstrap all"</param>
    /// <exception cref="DemoException">The bot will not run it, and no fault is the reason.</exception>
    public async Task<Rehearsed> PlayAsync(string command, CancellationToken cancellationToken)
    {
        var faults = World.Faults.Armed;
        var live = await StartAsync(command, cancellationToken);

        while (!live.Now.IsOver)
        {
            var changed = live.Changed;
            var now = live.Now;

            await ApproveAsync(now, cancellationToken);
            await ConfirmAsync(now, cancellationToken);

            if (!await MendAsync(now, cancellationToken))
                await TypeAsync(ada, $"/platform cancel {now.Id} the rehearsal cannot go on", cancellationToken);

            await changed.WaitAsync(cancellationToken);
        }

        var entries = _journal.Read(live.Id);
        return new(command, faults, live.Now, [.. _bites, .. Failures(entries)], RunTiming.Of(live.Now)!);
    }

    private SandboxWorld World => household.World;

    /// <summary>A fault may keep the run from being started at all; it is mended, and the run asked for again.</summary>
    private async Task<LiveRun> StartAsync(string command, CancellationToken cancellationToken)
    {
        while (true)
        {
            var last = Newest();
            await ada.Seat.TypeAsync($"/platform {command}", cancellationToken);
            var answer = await ada.PrivateAsync(cancellationToken, aloud: false);

            if (Newest() is { } id && id != last && _runs.Find(id) is { } live)
                return live;

            if (World.Faults.Armed.Count == 0)
                throw new DemoException($"/platform {command} was not run: {answer}");

            _bites.Add(new Bite("", answer.Split('\n')[0], Times: 1, IsForPeople: true));
            Mend();
        }
    }

    private RunId? Newest() => _journal.Recent(1) is [var newest, ..] ? newest.Id : null;

    private async Task ApproveAsync(Run now, CancellationToken cancellationToken)
    {
        foreach (
            var approval in now.PendingApprovals.Where(each => _done.Add($"approve {each.Phase} {each.ExpiresAt:O}"))
        )
        {
            tell($"grace approves {approval.Phase}");
            await TypeAsync(
                grace,
                $"/platform approve {now.Id} {approval.Phase} {approval.MustType}".TrimEnd(),
                cancellationToken
            );
        }
    }

    private async Task ConfirmAsync(Run now, CancellationToken cancellationToken)
    {
        foreach (var step in now.AwaitingEvidence.Where(step => IsNew("confirm", now, step)))
        {
            // Whatever it is that people are asked to do: the router and the NAS are what can tell.
            World.Twin.DoWhatPeopleDo();
            tell($"ada does {step.Id}");
            await TypeAsync(ada, $"/platform confirm {now.Id} {step.Id} {Evidence}", cancellationToken);
        }

        foreach (var step in now.AwaitingSecondPerson.Where(step => IsNew("agree", now, step)))
            await TypeAsync(grace, $"/platform confirm {now.Id} {step.Id}", cancellationToken);
    }

    /// <summary>Whoever is asked takes the fault away, gives the platform a moment, and tries again.</summary>
    /// <returns>false when a step goes on failing although nothing is wrong with the world any more</returns>
    private async Task<bool> MendAsync(Run now, CancellationToken cancellationToken)
    {
        foreach (var step in now.Failed.Where(step => IsNew("retry", now, step)))
        {
            var failure = now.At(step).Failure;
            tell($"{step.Id} failed: {failure?.Said}");

            if ((_retries[step.Id] = _retries.GetValueOrDefault(step.Id) + 1) > MostRetries)
                return false;

            Mend();
            await Task.Delay(Moment, World.Clock, cancellationToken);
            await TypeAsync(ada, $"/platform retry {now.Id} {step.Id}", cancellationToken);
        }

        return true;
    }

    private void Mend()
    {
        foreach (var fault in World.Faults.Armed)
        {
            tell($"somebody mends {fault}");
            World.Faults.Clear(fault);

            if (fault.EndsWith(Missing, StringComparison.Ordinal))
                World.Tools.Install(fault[..^Missing.Length]);
        }
    }

    /// <summary>Step by step, in the order in which they first failed.</summary>
    private static IEnumerable<Bite> Failures(IReadOnlyList<Entry> entries) =>
        entries
            .Select(entry => entry.What)
            .OfType<RunEvent.StepFailed>()
            .GroupBy(failed => failed.Step)
            .Select(all => new Bite(
                all.Key,
                all.Last().Failure.Said,
                all.Count(),
                IsForPeople: all.Any(failed => failed.RetryAt is null)
            ));

    private bool IsNew(string what, Run now, PlannedStep step) => _done.Add($"{what} {step.Id} {now.At(step).Attempt}");

    /// <summary>The answer is read, so that it is not taken for the next one's.</summary>
    private static async Task TypeAsync(Watcher who, string text, CancellationToken cancellationToken)
    {
        await who.Seat.TypeAsync(text, cancellationToken);
        await who.PrivateAsync(cancellationToken, aloud: false);
    }
}

/// <summary>Where something went wrong.</summary>
/// <param name="Step">"" when the run was not even started</param>
/// <param name="Said">at the last time</param>
/// <param name="IsForPeople">somebody was asked; false: another attempt was the cure</param>
internal sealed record Bite(string Step, string Said, int Times, bool IsForPeople);

/// <summary>What became of a rehearsal.</summary>
/// <param name="Faults">what was armed when it began</param>
internal sealed record Rehearsed(
    string Command,
    IReadOnlyList<string> Faults,
    Run Run,
    IReadOnlyList<Bite> Bites,
    RunTiming Timing
)
{
    public bool HasSucceeded => Run.State is RunState.Succeeded;
}
