using System.Text;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Chat;

/// <summary>What there is, how it is used, and who may.</summary>
public sealed partial class Bot
{
    private Reply Menu(ChatCommand command)
    {
        var active = string.Concat(
            _runs.Active.Where(live => !live.Now.IsOver).Select(live => $"- {Line(live.Now)}\n")
        );
        var now = active.Length == 0 ? "Nothing is running." : $"**Under way**\n{active}";
        var runbooks = string.Concat(
            _catalogue.Runbooks.Select(runbook => $"- `/platform {runbook.Usage}` {Markdown.Inline(runbook.Summary)}\n")
        );
        return new Reply(
            $"Hello {command.By}. {now}\n\n**Runbooks**\n{runbooks}\n`/platform help` has everything, `/platform plan …` shows what would happen."
        );
    }

    private Task<Reply> HelpAsync(ChatCommand command, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        if (words.Count == 0)
            return Task.FromResult(new Reply(AllHelp()));

        if (_builtIns.FirstOrDefault(each => each.Name == words[0]) is { } builtIn)
            return Task.FromResult(new Reply($"`/platform {builtIn.Usage}`\n{builtIn.Help}.{Needs(builtIn.Role)}"));

        return Task.FromResult(
            _catalogue.Find(words).Ok(out var found, out _)
                ? new Reply(Help(found.Runbook))
                : Reply.Refuse(Unknown(words[0]))
        );
    }

    private string AllHelp()
    {
        var text = new StringBuilder("**Runbooks**\n");

        foreach (var runbook in _catalogue.Runbooks)
            text.Append($"- `/platform {runbook.Usage}` {Markdown.Inline(runbook.Summary)}\n");

        text.Append("\n**Always there**\n");

        foreach (var builtIn in _builtIns)
            text.Append($"- `/platform {builtIn.Usage}` {builtIn.Help}\n");

        return text.Append("\nWithout a number the run under way is meant. `/platform help <command>` shows more.")
            .ToString();
    }

    private static string Help(Runbook runbook)
    {
        var text = new StringBuilder($"`/platform {runbook.Usage}`\n{Markdown.Inline(runbook.Summary)}\n");

        foreach (var parameter in runbook.Parameters)
        {
            text.Append(
                $"- **{parameter.Name}** ({parameter.Type.ToString().ToLowerInvariant()}{(parameter.IsOptional ? ", optional" : "")}): {Markdown.Inline(parameter.Help)}\n"
            );
        }

        text.Append(
            $"\nPhases: {string.Join(", ", runbook.PhaseNames)}. Starting needs the role {runbook.Access.Run}, approving {runbook.Access.Approve}."
        );
        return text.Append(string.Concat(runbook.Examples.Select(example => $"\nExample: `/platform {example}`")))
            .ToString();
    }

    private static string Needs(string role) => role is Access.Everyone or SomeRole ? "" : $" Needs the role {role}.";

    private Task<Reply> WhoAmIAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    )
    {
        var roles = _access.RolesOf(command.By.Person);
        var can = _builtIns
            .Where(builtIn => MaySomehow(command.By, builtIn.Role) is null)
            .Select(builtIn => builtIn.Name);
        var runs = _catalogue
            .Runbooks.Where(runbook => MaySomehow(command.By, runbook.Access.Run) is null)
            .Select(runbook => runbook.Command)
            .ToList();
        return Task.FromResult(
            new Reply(
                $"You are {command.By} ({Markdown.Code(command.By.Id)}). Roles: {(roles.Count == 0 ? "none" : string.Join(", ", roles))}.\n"
                    + $"You can use: {string.Join(", ", can)}.\nYou can start: {(runs.Count == 0 ? "nothing" : string.Join(", ", runs))}.\nNobody approves their own run."
            )
        );
    }

    private string Usage(string name) => $"Usage: `/platform {_builtIns.First(builtIn => builtIn.Name == name).Usage}`";
}
