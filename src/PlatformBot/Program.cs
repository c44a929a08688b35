using System.CommandLine;
using PlatformBot.Verbs;

// One line per verb; each builds its own command in Verbs/.
var root = new RootCommand("The chat-ops bot that builds and runs the platform's clusters.")
{
    ValidateVerb.Make(),
    SchemaVerb.Make(),
    ServeVerb.Make(),
    DemoVerb.Make(),
    SandboxVerb.Make(),
    PkiVerb.Make(Console.In, TimeProvider.System),
    TalosVerb.Make(Console.In),
    GitOpsVerb.Make(),
};

return await root.Parse(args).InvokeAsync();
