using System.CommandLine;
using PlatformBot.Core.Runbooks;

namespace PlatformBot.Verbs;

/// <summary><c>platformbot schema</c>: prints the JSON Schema of the runbook language, as in <c>commands/schema.json</c>.</summary>
internal static class SchemaVerb
{
    public static Command Make()
    {
        var verb = new Command("schema", "Print the JSON Schema of runbooks, for editors");
        verb.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(SchemaJson.Write()));
        return verb;
    }
}
