using Microsoft.Extensions.Logging;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Incidents;

/// <summary>Opens one issue per fault, adds to it when the fault comes back, closes it when the cause is gone.</summary>
/// <param name="clock">the clock that people live by</param>
public sealed partial class IncidentReporter(
    IIncidents issues,
    IChat chat,
    TimeProvider clock,
    ILogger<IncidentReporter> logger
) : IRunView
{
    private static readonly string[] Labels = ["platformbot", "incident"];

    /// <summary>A step may fail before the run's card is there; a chat server that is away is not waited for.</summary>
    private static readonly TimeSpan CardMayLag = TimeSpan.FromSeconds(5);

    public async Task FollowAsync(LiveRun live, CancellationToken stopping)
    {
        // A refusal or a comment is no entry: without this, every change of the run would ask the tracker again.
        var told = new HashSet<(string Step, IncidentState State, int Times, bool HasIssue, bool IsOver)>();

        while (true)
        {
            var changed = live.Changed;
            var run = live.Now;

            foreach (var incident in run.Incidents.Values.OrderBy(each => each.Since))
            {
                if (told.Add((incident.Step, incident.State, incident.Times, incident.Issue is not null, run.IsOver)))
                    await TryReportAsync(live, run, incident, stopping);
            }

            if (run.IsOver && ReferenceEquals(run, live.Now))
                return;

            await changed.WaitAsync(stopping);
        }
    }

    private async Task TryReportAsync(LiveRun live, Run run, Incident incident, CancellationToken stopping)
    {
        try
        {
            await ReportAsync(live, run, incident, stopping);
        }
        catch (IncidentRefusedException refused)
        {
            LogRefused(incident.Step, run.Id, refused.Message);
        }
    }

    private async Task ReportAsync(LiveRun live, Run run, Incident incident, CancellationToken stopping)
    {
        switch (incident)
        {
            case { State: IncidentState.Detected or IncidentState.Healed, Issue: null }
                when run.FindStep(incident.Step) is { } step:
                var fingerprint = $"run-{run.Id.Number}-{run.PlannedAt.ToUnixTimeSeconds()}-{incident.Step}";
                var issue = await issues.OpenAsync(
                    fingerprint,
                    IncidentText.Title(run, step),
                    IncidentText.Body(run, step, await CardAsync(live, stopping)),
                    Labels,
                    stopping
                );
                await live.RecordAsync(Person.Bot, new RunEvent.IncidentReported(incident.Step, issue));
                break;

            case { State: IncidentState.Healed, Issue: { } open } when run.FindStep(incident.Step) is { } step:
                await issues.CloseAsync(open, $"healed-{incident.Times}", IncidentText.Healed(run, step), stopping);
                await live.RecordAsync(Person.Bot, new RunEvent.IncidentClosed(incident.Step));
                break;

            case { State: IncidentState.Reported, Times: > 1, Issue: { } again }
                when run.FindStep(incident.Step) is { } step:
                await issues.CommentAsync(again, $"again-{incident.Times}", IncidentText.Again(run, step), stopping);
                break;

            case { Issue: { } left } when run.IsOver && incident.State is not IncidentState.Closed:
                await issues.CommentAsync(left, "ended", IncidentText.Left(run), stopping);
                break;
        }
    }

    private async Task<string?> CardAsync(LiveRun live, CancellationToken stopping) =>
        await live.PostAsync(_ => ChatView.CardKey, CardMayLag, clock, stopping) is { } post ? chat.LinkTo(post) : null;

    [LoggerMessage(LogLevel.Warning, "Reporting {Step} of run {Run}: {Reason}")]
    private partial void LogRefused(string step, RunId run, string reason);
}
