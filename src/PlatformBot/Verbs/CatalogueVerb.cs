using System.CommandLine;
using PlatformBot.Core.Runbooks;

namespace PlatformBot.Verbs;

/// <summary><c>platformbot catalogue &gt; docs/catalogue.md</c>: every runbook, phase and step as a page.</summary>
internal static class CatalogueVerb
{
    public static Command Make()
    {
        var verb = new Command("catalogue", "Print every runbook, phase and step as Markdown");
        verb.SetAction(parsed =>
        {
            var terminal = parsed.InvocationConfiguration;
            var (catalogue, problems) = Catalogue.Read(Path.Combine(Roots.Find() ?? ".", "commands"));

            foreach (var problem in problems)
                terminal.Error.WriteLine(problem);

            if (catalogue is not null)
                terminal.Output.Write(CatalogueText.Of(catalogue));

            return catalogue is null ? 1 : 0;
        });
        return verb;
    }
}
