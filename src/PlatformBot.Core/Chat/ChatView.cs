using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Roles;
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
    RunLocks turns,
    FreezeBook freezes,
    Denials denials,
    TimeProvider clock,
    ILogger<ChatView> logger
) : IRunView
{
    internal const string CardKey = "card";
    private const string PlanKey = "plan";

    /// <summary>The card also counts seconds; without news it is redrawn this often.</summary>
    private static readonly TimeSpan Redraw = TimeSpan.FromSeconds(30);

    /// <summary>What each post of a run looked like when it was shown last, for as long as the run is carried.</summary>
    private readonly ConditionalWeakTable<LiveRun, Dictionary<string, string>> _shown = [];

    /// <summary>So that the journal is not read again for each look.</summary>
    private readonly ConditionalWeakTable<Plan, List<Denial>> _denied = [];

    public async Task FollowAsync(LiveRun live, CancellationToken stopping)
    {
        var found = live.Now;
        var teller = new Teller<Run>(
            live,
            run => run.Channel,
            $"{found.Id.Number}:{found.PlannedAt.ToUnixTimeMilliseconds()}",
            _shown.GetOrCreateValue(live),
            chat,
            stopping
        );
        var looking = found.Posts.ContainsKey(PlanKey) ? null : LookAsync(found, stopping);

        while (true)
        {
            var changed = live.Now.HasItsTurn
                ? Task.WhenAny(live.Changed, freezes.Changed)
                : Task.WhenAny(live.Changed, freezes.Changed, turns.Changed);
            var (run, trouble) = (live.Now, live.Trouble);
            await ShowAsync(teller, run, trouble);

            // Looking at the world takes long: nothing else waits for it, not even an approval.
            if (looking is { IsCompleted: true } || (looking is not null && run.IsOver))
            {
                await TryAsync(teller, run, PlanKey, CardOf(live.Now), PlanPost(run, await looking));
                looking = null;
            }

            if (run.IsOver && ReferenceEquals(run, live.Now))
                return;

            if (ReferenceEquals(run, live.Now) && trouble == live.Trouble)
            {
                var news = looking is null ? changed : Task.WhenAny(changed, looking);
                await News.OrAfterAsync(news, () => freezes.UntilNext(Redraw), clock, stopping);
            }
        }
    }

    private async Task ShowAsync(Teller<Run> teller, Run run, string? trouble)
    {
        await TryAsync(teller, run, CardKey, thread: null, Card(run, trouble));

        foreach (var (key, isDetail, post) in Wanted(run))
            await TryAsync(teller, run, key, isDetail ? CardOf(teller.Now) : null, post);

        await RemindAsync(teller);
    }

    /// <summary>Whatever was said before may have waited long for the chat server: only the newest state tells who still has to be reminded.</summary>
    private async Task RemindAsync(Teller<Run> teller)
    {
        foreach (var step in teller.Now.Plan.Steps)
        {
            var run = teller.Now;

            if (ManualPosts.Reminder(run, step, Deciders(run, step), clock.GetUtcNow()) is { } reminder)
                await TryAsync(teller, run, reminder.Key, CardOf(run), reminder.Post);
        }
    }

    private Post Card(Run run, string? trouble)
    {
        var now = clock.GetUtcNow();
        return RunCard.Render(run, now, trouble, WishPosts.Turn(run, turns, now), freezes.Now);
    }

    private IReadOnlyList<Person> Deciders(Run run, PlannedStep step) =>
        access.Holders(run.Plan.Access.Approve, Reach.OfStep(run, step.Id));

    private static string? CardOf(Run run) => run.Posts.GetValueOrDefault(CardKey);

    /// <summary>One post that the server will not have (somebody deleted the card) keeps no other from being shown.</summary>
    private async Task TryAsync(Teller<Run> teller, Run run, string key, string? thread, Post post)
    {
        try
        {
            await teller.SayAsync(key, thread, post);
        }
        catch (ChatRefusedException refused)
        {
            LogRefused(key, run.Id, refused.Message);
        }
    }

    /// <summary>Everything that this state of the run wants said, besides the card, the plan and reminders.</summary>
    private IEnumerable<(string Key, bool IsDetail, Post Post)> Wanted(Run run)
    {
        foreach (var approval in run.Approvals.Values.OrderBy(each => each.Phase, StringComparer.Ordinal))
        {
            var deciders = access.Holders(approval.Roles, Reach.Of(run, approval.Phase));
            yield return (
                $"approval:{approval.Phase}",
                false,
                ApprovalPosts.Approval(run, approval, deciders, DeniedBefore(run))
            );
        }

        foreach (var step in run.Plan.Steps)
        {
            foreach (var (key, time) in Failures(run, step))
                yield return (key, true, FailurePosts.Failed(run, step, time));

            if (step.Action is PlannedAction.Manual && run.At(step).Attempt > 0)
                yield return ($"manual:{step.Id}", true, ManualPosts.Question(run, step, Deciders(run, step)));
        }

        if (run.IsOver)
            yield return ("end", true, RunPosts.End(run));
    }

    /// <summary>As it was when the run was asked for: what is shown for approval does not change afterwards.</summary>
    private IReadOnlyList<Denial> DeniedBefore(Run run) =>
        _denied.GetValue(run.Plan, plan => [.. denials.Of(plan, run.PlannedAt)]);

    /// <summary>The newest failure, and those before it that were said: their buttons have to go.</summary>
    private static IEnumerable<(string Key, int Time)> Failures(Run run, PlannedStep step)
    {
        var times = run.Incidents.GetValueOrDefault(step.Id)?.Times ?? 0;

        for (var time = 1; time <= times; time++)
        {
            var key = $"failed:{step.Id}:{time}";

            if (time == times || run.Posts.ContainsKey(key))
                yield return (key, time);
        }
    }

    /// <summary>What is done already; null when that cannot be told.</summary>
    private async Task<PlanSight?> LookAsync(Run run, CancellationToken stopping)
    {
        try
        {
            return await plans.LookAsync(run.Plan, stopping);
        }
#pragma warning disable CA1031 // The plan is shown without it; a look has no say in the run.
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            LogBlind(exception, run.Id);
            return null;
        }
#pragma warning restore CA1031
    }

    private static Post PlanPost(Run run, PlanSight? sight) =>
        new()
        {
            Text = PlanText.Summary(run.Plan, sight),
            Files = [new AttachedFile($"run-{run.Id.Number}-plan.txt", PlanText.Whole(run.Plan, sight))],
        };

    [LoggerMessage(LogLevel.Warning, "Showing {Post} of run {Run} in chat: {Reason}")]
    private partial void LogRefused(string post, RunId run, string reason);

    [LoggerMessage(LogLevel.Error, "Looking at what of run {Run} is done already")]
    private partial void LogBlind(Exception exception, RunId run);
}
