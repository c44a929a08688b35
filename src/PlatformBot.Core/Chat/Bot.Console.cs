using PlatformBot.Core.Approvals;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Statements;

namespace PlatformBot.Core.Chat;

/// <summary>Deciding without chat: what somebody takes to another machine, and what they bring back signed.</summary>
public sealed partial class Bot
{
    public Task<Reply> VoteAsync(Caller by, VoteStatement vote, CancellationToken cancellationToken) =>
        OrNothingAsync(() => VotedAsync(by, vote));

    private Task<Reply> RequestAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    ) =>
        command.By.Origin.Signed is null ? RefuseAsync(command.By, null, command.Text, OnlyInConsole)
        : ThawIn(words) is not null ? RefuseAsync(command.By, null, command.Text, OnlyOfRuns)
        : OnApprovalAsync(command, words, "request", (run, approval, _) => Task.FromResult(Request(run, approval)));

    private Reply Request(Run run, Approval approval)
    {
        if (approval.State is not ApprovalState.Requested)
        {
            return Reply.Refuse(
                new Refusal(
                    $"The approval of {approval.Phase} is {approval.State} already.",
                    $"`/platform status {run.Id}` shows where the run stands."
                )
            );
        }

        var deciders = _access.Holders(approval.Roles, Reach.Of(run, approval.Phase));
        var request = new VoteRequest(_journal.Identity!, approval.Phase, deciders, _journal.Read(run.Id));
        return new Reply(Shown(run, approval, deciders)) { Attached = request.ToBlock() };
    }

    /// <summary>An approval as its post shows it, in one text.</summary>
    /// <param name="deciders">who can decide</param>
    /// <param name="whole">what is a file of the post is part of the text</param>
    public static string Shown(Run run, Approval approval, IReadOnlyList<Person> deciders, bool whole = false)
    {
        var post = ApprovalPosts.Approval(run, approval, deciders);
        var files = whole ? post.Files.Select(file => $"\n{file.Name}\n{Markdown.Fence(file.Text)}\n") : [];
        return $"{post.Text}\n{post.Box?.Text}{string.Concat(files)}";
    }

    private async Task<Reply> VotedAsync(Caller by, VoteStatement vote)
    {
        var what = $"{vote.Decision} {vote.Approval}";

        if (vote.Bot != _journal.Identity)
            return await RefuseAsync(by, null, what, Elsewhere);

        if (_runs.Look(vote.Run) is not { } run)
            return await RefuseAsync(by, null, what, NoSuchRun($"{vote.Run}"));

        if (run.Approvals.GetValueOrDefault(vote.Approval) is not { } approval || approval.ExpiresAt != vote.ExpiresAt)
            return await RefuseAsync(by, run.Id, what, NotAsked(run));

        return vote switch
        {
            { Decision: Decision.Approve } => await VoteAsync(
                by,
                run,
                Yes(by, approval, vote.Words ?? "") with
                {
                    Digest = vote.Digest,
                }
            ),
            { Words: { } why } => await VoteAsync(by, run, No(by, vote.Approval, vote.Digest, why)),
            _ => await RefuseAsync(by, run.Id, what, new Refusal("A denial needs a reason.", Usage("deny"))),
        };
    }

    private static Refusal NotAsked(Run run) =>
        new(
            $"Run {run.Id} does not ask for what was signed.",
            $"`/platform request {run.Id}` gives out what it asks for now."
        );

    private static readonly Refusal OnlyInConsole = new(
        "Only the console on the bot's host hands out requests.",
        "In chat, the approval's post has all of it, and buttons."
    );
    private static readonly Refusal OnlyOfRuns = new(
        "Requests are of runs; on a freeze, people decide at the console itself.",
        "Somebody else says `approve` or `deny` there, signed with their own key."
    );
    private static readonly Refusal Elsewhere = new(
        "This was signed for another bot.",
        "Ask this one for a request: `/platform request`."
    );
}
