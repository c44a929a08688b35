using System.CommandLine;
using PlatformBot.Core;
using PlatformBot.Core.Audit;
using PlatformBot.Core.Journals;
using PlatformBot.Storage;

namespace PlatformBot.Verbs;

/// <summary><c>platformbot audit export|verify</c>: the journal for people who do not trust the bot, nor whoever runs it.</summary>
internal static class AuditVerb
{
    public static Command Make(TimeProvider clock) =>
        new("audit", "Read the journal out, and check what was read out") { MakeExport(clock), MakeVerify() };

    private static Command MakeExport(TimeProvider clock)
    {
        var run = new Option<long?>("--run") { Description = "only this run's entries" };
        var journal = new Option<string>("--journal")
        {
            Description = "the journal's file (setting Storage:Journal)",
            DefaultValueFactory = _ => new StorageOptions().Journal,
        };
        var verb = new Command("export", "Write entries as JSON lines; that it was done is journaled") { run, journal };
        verb.SetAction(parsed =>
            Export(
                parsed.GetValue(run),
                parsed.GetRequiredValue(journal),
                clock,
                parsed.InvocationConfiguration.Output,
                parsed.InvocationConfiguration.Error
            )
        );
        return verb;
    }

    private static int Export(long? run, string journal, TimeProvider clock, TextWriter to, TextWriter errors)
    {
        if (!File.Exists(journal))
            return Refuse(errors, $"There is no journal {journal}. Name it with --journal.");

        try
        {
            using var file = new JournalReader(journal);

            if (run is { } one && !file.Has(one))
                return Refuse(errors, $"The journal {journal} has no run {one}.");

            var by = new Person($"os:{Environment.UserName}", $"{Environment.UserName} on {Environment.MachineName}");
            new ExportNotes(journal).Leave(by, run is null ? "journal" : $"run {run}", clock.GetUtcNow());

            foreach (var line in AuditFile.Write(file.ReadAll(), run, by.Name, clock.GetUtcNow()))
                to.Write($"{line}\n");

            return 0;
        }
        catch (Exception refused)
            when (refused is JournalUnavailableException or IOException or UnauthorizedAccessException)
        {
            return Refuse(errors, $"The export is not complete, and has no last line: {refused.Message}");
        }
    }

    private static Command MakeVerify()
    {
        var file = new Argument<FileInfo>("file") { Description = "what `audit export` wrote" }.AcceptExistingOnly();
        var anchors = new Option<Anchor[]>("--anchor")
        {
            Description = "as the bot has posted it: number:hash, or run/number:chain; may be given several times",
            CustomParser = parsed =>
            {
                var read = parsed.Tokens.Select(token => Anchor.Parse(token.Value)).ToList();

                if (read.Any(anchor => anchor is null))
                {
                    parsed.AddError(
                        "An anchor is 812:9f86d0… or, of run 42, 42/812:9f86d0…: an entry's number, a colon and 64 hex digits."
                    );
                }

                return [.. read.OfType<Anchor>()];
            },
        };
        var verb = new Command("verify", "Check an export, without the bot; exits with 0 when it is whole")
        {
            file,
            anchors,
        };
        verb.SetAction(parsed =>
            Verify(parsed.GetRequiredValue(file), parsed.GetValue(anchors) ?? [], parsed.InvocationConfiguration.Output)
        );
        return verb;
    }

    private static int Verify(FileInfo file, IReadOnlyCollection<Anchor> anchors, TextWriter to)
    {
        if (file.Length > Array.MaxLength)
            return Refuse(to, $"{file.Name} is larger than an export can be.");

        var result = new AuditCheck(anchors).Check(File.ReadAllBytes(file.FullName));

        if (result.Wrong is { } wrong)
        {
            to.WriteLine($"{file.Name}:{result.Line}: {wrong}");
            return 1;
        }

        to.WriteLine(Whole(result));
        to.WriteLine(
            anchors.Count > 0
                ? "What the anchors are of was not changed since they were posted, nor was anything before it."
                : "Whoever can write the file could have written all of it anew: compare with what the bot has posted (--anchor)."
        );
        return 0;
    }

    private static string Whole(AuditResult result)
    {
        var of = result.Run is { } run ? $"run {run}" : "the journal";
        var last = result.Last is { } line
            ? $", the last one {new Anchor(result.Run, line.Number, result.Run is null ? line.Hash : line.Chain)}"
            : "";
        return $"Whole: {result.Entries} entries of {of}{last}.";
    }

    private static int Refuse(TextWriter errors, string why)
    {
        errors.WriteLine(why);
        return 1;
    }
}
