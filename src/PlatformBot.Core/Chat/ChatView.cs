using Microsoft.Extensions.Logging;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>
/// Shows a run in chat: one live card, its details in the card's thread, approvals as posts of their own. What has been
/// said is written in the journal under a key, so that nothing is said twice and, after a restart, nothing is left out.
/// </summary>
public sealed partial class ChatView(
    IChat chat,
    Access access,
    PlanLook plans,
    TimeProvider clock,
    ILogger<ChatView> logger
) : IRunView
{
    /// <summary>The card also counts seconds; without news it is redrawn this often.</summary>
    private static readonly TimeSpan Redraw = TimeSpan.FromSeconds(30);

    public async Task FollowAsync(LiveRun live, CancellationToken stopping)
    {
        var shown = new Dictionary<string, string>();

        while (true)
        {
            var changed = live.Changed;
            var run = live.Now;

            try
            {
                await ShowAsync(live, run, shown, stopping);
            }
            catch (ChatRefusedException refused)
            {
                LogRefused(run.Id, refused.Message);
            }

            if (run.IsOver && ReferenceEquals(run, live.Now))
                return;

            if (ReferenceEquals(run, live.Now))
                await WaitAsync(changed, stopping);
        }
    }

    private async Task ShowAsync(LiveRun live, Run run, Dictionary<string, string> shown, CancellationToken stopping)
    {
        var card = await SayAsync(
            live,
            run,
            shown,
            "card",
            thread: null,
            RunCard.Render(run, clock.GetUtcNow()),
            stopping
        );

        if (!run.Posts.ContainsKey("plan"))
            await SayPlanAsync(live, run, shown, card, stopping);

        foreach (var (key, thread, post) in Wanted(run, card))
            await SayAsync(live, run, shown, key, thread, post, stopping);
    }

    /// <summary>Everything that this state of the run wants said, besides the card and the plan.</summary>
    private IEnumerable<(string Key, string? Thread, Post Post)> Wanted(Run run, string card)
    {
        foreach (var approval in run.Approvals.Values.OrderBy(each => each.Phase, StringComparer.Ordinal))
        {
            yield return (
                $"approval:{approval.Phase}",
                null,
                RunPosts.Approval(run, approval, access.Holders(run.Plan.Access.Approve))
            );
        }

        foreach (var step in run.Plan.Steps)
        {
            if (run.Incidents.TryGetValue(step.Id, out var incident) && run.At(step).Failure is not null)
                yield return ($"failed:{step.Id}:{incident.Times}", card, RunPosts.Failed(run, step));

            if (step.Action is PlannedAction.Manual && run.At(step).Attempt > 0)
                yield return ($"manual:{step.Id}", card, RunPosts.Manual(run, step));
        }

        if (run.IsOver)
            yield return ("end", card, RunPosts.End(run));
    }

    private async Task SayPlanAsync(
        LiveRun live,
        Run run,
        Dictionary<string, string> shown,
        string card,
        CancellationToken stopping
    )
    {
        var looks = await plans.LookAsync(run.Plan, stopping);
        var post = new Post
        {
            Text = PlanText.Summary(run.Plan, looks),
            Files = [new AttachedFile($"run-{run.Id.Number}-plan.txt", PlanText.Whole(run.Plan, looks))],
        };
        await SayAsync(live, run, shown, "plan", card, post, stopping);
    }

    /// <summary>Creates the post, or edits it when it looks different from what was shown last. Returns its id.</summary>
    private async Task<string> SayAsync(
        LiveRun live,
        Run run,
        Dictionary<string, string> shown,
        string key,
        string? thread,
        Post post,
        CancellationToken stopping
    )
    {
        // Files never change after the post was made, so they are no part of what is compared.
        var look = $"{post.Text}\n{post.Box}\n{string.Join(',', post.Box?.Buttons ?? [])}";

        if (!run.Posts.TryGetValue(key, out var id))
        {
            id = await chat.PostAsync(
                run.Channel,
                thread,
                post,
                $"{run.Id.Number}:{run.PlannedAt.ToUnixTimeMilliseconds()}:{key}",
                stopping
            );
            await live.RecordAsync(Person.Bot, new RunEvent.Announced(key, run.Channel, id));
        }
        else if (shown.GetValueOrDefault(key) != look)
        {
            await chat.EditAsync(run.Channel, id, post, stopping);
        }

        shown[key] = look;
        return id;
    }

    private async Task WaitAsync(Task changed, CancellationToken stopping)
    {
        using var redraw = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(changed, Task.Delay(Redraw, clock, redraw.Token));
        await redraw.CancelAsync();
        stopping.ThrowIfCancellationRequested();
    }

    [LoggerMessage(LogLevel.Warning, "Showing run {Run} in chat: {Reason}")]
    private partial void LogRefused(RunId run, string reason);
}
