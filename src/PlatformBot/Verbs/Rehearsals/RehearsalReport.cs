using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using PlatformBot.Core;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Verbs.Rehearsals;

/// <summary>What a rehearsal showed, for people or as one JSON object.</summary>
internal static class RehearsalReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Text(Rehearsed played, IReadOnlyList<TwinFact> verdict, TimeSpan real)
    {
        var lines = new List<string>
        {
            $"{played.Command}: {Ending(played)}, {Words.Count(played.Run.Plan.Steps.Count(), "step")}, played in {real.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s",
            $"  faults    {(played.Faults.Count == 0 ? "none" : string.Join(", ", played.Faults))}",
        };
        lines.AddRange(
            played.Bites.Select(bite =>
                $"  {(bite.IsForPeople ? "asked    " : "retried  ")} {Where(bite)}, failed {(bite.Times == 1 ? "once" : $"{bite.Times} times")}: {bite.Said}"
            )
        );

        if (played.Faults.Count > 0 && played.Bites.Count == 0)
            lines.Add("            nothing failed: the run did not notice");

        lines.AddRange(Times(played));
        lines.AddRange(verdict.Select(fact => $"  {(fact.Holds ? "true " : "FALSE")}     {fact.What}: {fact.Saw}"));
        return string.Join('\n', lines);
    }

    /// <summary>One object on one line; times in seconds of the platform's clock, <c>real</c> in seconds of ours.</summary>
    public static string JsonLine(Rehearsed played, IReadOnlyList<TwinFact> verdict, TimeSpan real) =>
        JsonSerializer.Serialize(
            new
            {
                command = played.Command,
                ending = Ending(played),
                steps = played.Run.Plan.Steps.Count(),
                faults = played.Faults,
                bites = played.Bites.Select(bite => new
                {
                    bite.Step,
                    bite.Said,
                    bite.Times,
                    forPeople = bite.IsForPeople,
                }),
                makespan = played.Timing.Makespan.TotalSeconds,
                critical = played.Timing.Critical.TotalSeconds,
                inSequence = played.Timing.InSequence.TotalSeconds,
                chain = played.Timing.Chain,
                real = real.TotalSeconds,
                verdict = verdict.Select(fact => new
                {
                    fact.What,
                    fact.Holds,
                    fact.Saw,
                }),
            },
            Json
        );

    private static string Ending(Rehearsed played) => played.Run.State.ToString().ToLowerInvariant();

    private static string Where(Bite bite) => bite.Step.Length == 0 ? "before the start" : bite.Step;

    private static IEnumerable<string> Times(Rehearsed played)
    {
        var timing = played.Timing;
        var slowest = timing.Chain.MaxBy(step => played.Run.Steps[step].Took);
        yield return $"  time      {Words.Span(timing.Makespan)} from plan to end; the longest chain of needs {Words.Span(timing.Critical)} ({Words.Count(timing.Chain.Count, "step")}); one step after the other {Words.Span(timing.InSequence)}";

        if (slowest is not null)
            yield return $"            longest in that chain: {slowest}, {Words.Span(played.Run.Steps[slowest].Took)}";
    }
}
