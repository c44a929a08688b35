using System.Collections.Immutable;
using PlatformBot.Core.Runs;
using static PlatformBot.Core.Incidents.IncidentState;
using static PlatformBot.Core.Incidents.IncidentTrigger;

namespace PlatformBot.Core.Incidents;

public enum IncidentState
{
    Detected,
    Reported,
    Acknowledged,
    Healed,
    Closed,
}

public enum IncidentTrigger
{
    Report,
    Acknowledge,
    Heal,
    ComeBack,
    Close,
}

/// <summary>What an incident may do next.</summary>
public static class IncidentStates
{
    // csharpier-ignore - one row per arrow
    public static readonly StateTable<IncidentState, IncidentTrigger> Table = new(start: Detected)
    {
        { Detected,     Report,                Reported             },
        { Detected,     Heal,                  Healed               },   // gone before the tracker was back
        { Reported,     Acknowledge,           Acknowledged         },   // somebody pressed a button
        { Reported,     Heal,                  Healed               },
        { Acknowledged, Heal,                  Healed               },
        { Acknowledged, ComeBack,              Reported             },   // the retry failed, too
        { Healed,       Report,                Healed               },   // reported late: closed next
        { Healed,       ComeBack,              Reported             },
        { Healed,       IncidentTrigger.Close, IncidentState.Closed },
    };
}

/// <summary>One fault of one step, reported once.</summary>
/// <param name="Failures">each time that the step has failed for good, oldest first, also those of a fault that was closed before; never empty</param>
public sealed record Incident(string Step, DateTimeOffset Since, ImmutableList<Failure> Failures)
{
    /// <summary>How often the step has failed for good.</summary>
    public int Times => Failures.Count;

    public IncidentState State { get; init; } = IncidentStates.Table.Start;

    /// <summary>Null until it is reported.</summary>
    public IssueLink? Issue { get; init; }

    /// <summary>The step has failed once more. After its issue was closed that is another fault, with an issue of its own.</summary>
    public Incident Again(Failure failure, DateTimeOffset at) =>
        State is Closed
            ? new Incident(Step, at, Failures.Add(failure))
            : Fire(ComeBack) with
            {
                Failures = Failures.Add(failure),
            };

    /// <summary>Follows the table; a trigger that is not permitted changes nothing.</summary>
    public Incident Fire(IncidentTrigger trigger) =>
        this with
        {
            State = IncidentStates.Table.Next(State, trigger) ?? State,
        };
}
