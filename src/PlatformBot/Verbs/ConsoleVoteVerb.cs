using System.CommandLine;
using PlatformBot.Cli;
using PlatformBot.Core;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Statements;
using PlatformBot.Terminal;

namespace PlatformBot.Verbs;

/// <summary>
/// <c>platformbot console vote</c>, on any machine and without the bot: shows what is asked and signs the answer; and
/// <c>platformbot console submit</c>, which hands the answer to the bot.
/// </summary>
internal static class ConsoleVoteVerb
{
    private const long Largest = 32 * 1024 * 1024;
    private static readonly Refusal NoRequest = new(
        "There is no request in this file, or it is damaged.",
        "It is what `platformbot console request` printed, with all of the letters at its end."
    );
    private static readonly Refusal NoVote = new(
        "There is no signed vote in this file.",
        "It is what `platformbot console vote --sign` made: the statement, and the signature below it."
    );

    public static Command Make(TimeProvider clock)
    {
        var request = MakeRequest();
        var deny = new Option<string?>("--deny") { Description = "say no, and why; otherwise it is a yes" };
        var typed = new Option<string?>("--confirm")
        {
            Description = "the names to type where nobody can undo it: infra",
        };
        var sign = new Option<bool>("--sign") { Description = "sign it, and write that into a file" };
        var to = new Option<string?>("--to") { Description = "that file (default: run-NUMBER-APPROVAL-NAME.vote)" };
        var key = ConsoleVerb.MakeKey();
        var name = ConsoleVerb.MakeName();
        var verb = new Command("vote", "Decide on a request, on any machine")
        {
            request,
            deny,
            typed,
            sign,
            to,
            key,
            name,
        };
        verb.SetAction(
            (parsed, cancelled) =>
                VoteAsync(
                    parsed.GetRequiredValue(request),
                    Choice.Of(parsed.GetRequiredValue(name), parsed.GetValue(deny), parsed.GetValue(typed)),
                    clock.GetUtcNow(),
                    parsed.GetValue(sign) ? new SignInto(parsed.GetValue(key), parsed.GetValue(to)) : null,
                    new ConsoleTerminal(parsed.InvocationConfiguration),
                    cancelled
                )
        );
        return verb;
    }

    private static async Task<int> VoteAsync(
        FileInfo request,
        Choice choice,
        DateTimeOffset now,
        SignInto? into,
        ConsoleTerminal terminal,
        CancellationToken cancelled
    )
    {
        if (!Read(request).Ok(out var asked, out var refusal))
            return await terminal.RefuseAsync(refusal);

        await terminal.ShowAsync(Bot.Shown(asked.Run, asked.Approval, asked.Deciders, whole: true));

        if (!Decide(asked, choice, now).Ok(out var vote, out refusal))
            return await terminal.RefuseAsync(refusal);

        await terminal.WriteAsync($"\nWhat you sign:\n\n{vote.Text}");
        return into is null ? 0 : await SignAsync(vote, into, terminal, cancelled);
    }

    private static Option<FileInfo> MakeRequest() =>
        new Option<FileInfo>("--request")
        {
            Description = "what `console request` printed",
            Required = true,
        }.AcceptExistingOnly();

    public static Command MakeSubmit()
    {
        var file = new Argument<FileInfo>("file")
        {
            Description = "what `console vote --sign` wrote",
        }.AcceptExistingOnly();
        var socket = ConsoleVerb.MakeSocket();
        var verb = new Command("submit", "Hand a signed vote to the bot, on its host") { file, socket };
        verb.SetAction(
            async (parsed, cancelled) =>
            {
                var terminal = new ConsoleTerminal(parsed.InvocationConfiguration);
                using var client = new ConsoleClient(parsed.GetRequiredValue(socket));

                if (Text(parsed.GetRequiredValue(file)) is not { } text || Signed.Parse(text) is not { } signed)
                    return await terminal.RefuseAsync(NoVote);

                try
                {
                    var answer = await client.SendAsync(ConsoleWire.Vote, signed, cancelled);
                    return await ConsoleSession.ShowAsync(answer, terminal);
                }
                catch (HttpRequestException away)
                {
                    return await terminal.RefuseAsync(ConsoleSession.Away(away));
                }
            }
        );
        return verb;
    }

    /// <summary>The run, as its own entries tell it: what the rest of the file says of it is not looked at.</summary>
    private static Result<Asked> Read(FileInfo file)
    {
        if (
            Text(file) is not { } text
            || VoteRequest.Parse(text) is not { } request
            || request.Read() is not var (run, approval)
        )
        {
            return NoRequest;
        }

        return Pins.DigestOf(PlanJson.DigestOf(run.Plan), approval.Inputs) == approval.Digest
            ? new Asked(request.Bot, request.Deciders, run, approval)
            : new Refusal(
                "The plan in this file, or what its steps read, is not what its digest stands for: somebody has changed it.",
                "Do not sign. Ask the bot for a new request, and whoever sent you this one where it came from."
            );
    }

    private static Result<VoteStatement> Decide(Asked asked, Choice choice, DateTimeOffset now)
    {
        var (run, approval) = (asked.Run, asked.Approval);

        if (approval.State is not ApprovalState.Requested || now >= approval.ExpiresAt)
        {
            return new Refusal(
                $"The approval of {approval.Phase} is not asked for any more; it ended at {Words.Utc(approval.ExpiresAt)}.",
                "Ask the bot for a new request."
            );
        }

        if (
            choice.Decision is Decision.Approve
            && approval.MustType.Objection(approval.Phase, choice.Words) is not null
        )
        {
            return new Refusal(
                $"Nobody can undo what {approval.Phase} does. Whoever approves it types {approval.MustType.Wanted}.",
                $"--confirm \"{approval.MustType}\""
            );
        }

        var vote = new VoteStatement(
            asked.Bot,
            run.Id,
            approval.Phase,
            approval.Digest,
            approval.ExpiresAt,
            choice.Decision,
            choice.Words,
            choice.Name,
            now
        );
        return VoteStatement.Parse(vote.Text) is not null
            ? vote
            : new Refusal(
                "That cannot be signed: a name or a reason holds something that does not belong there.",
                "--as wants your name in the list of keys; a reason is one line, of letters that can be seen."
            );
    }

    private static async Task<int> SignAsync(
        VoteStatement vote,
        SignInto into,
        ConsoleTerminal terminal,
        CancellationToken cancelled
    )
    {
        var signing = await new SshKey(into.Key).SignAsync(vote.Text, VoteStatement.Namespace, cancelled);

        if (!signing.Ok(out var signed, out var refusal))
            return await terminal.RefuseAsync(refusal);

        var path = into.File ?? $"run-{vote.Run.Number}-{vote.Approval.Replace('/', '-')}-{vote.Person}.vote";
        await File.WriteAllTextAsync(path, signed.ToText(), cancelled);
        await terminal.WriteAsync(
            $"\n{path} is your signed vote. On the bot's host: platformbot console submit {path}"
        );
        return 0;
    }

    private static string? Text(FileInfo file) => file.Length <= Largest ? File.ReadAllText(file.FullName) : null;

    private sealed record Asked(string Bot, IReadOnlyList<Person> Deciders, Run Run, Approval Approval);

    /// <param name="Words">a denial's reason, or the names that were typed; null for none</param>
    private sealed record Choice(string Name, Decision Decision, string? Words)
    {
        public static Choice Of(string name, string? deny, string? typed) =>
            new(
                name,
                deny is null ? Decision.Approve : Decision.Deny,
                (deny ?? typed)?.Trim() is { Length: > 0 } words ? words : null
            );
    }

    private sealed record SignInto(string? Key, string? File);
}
