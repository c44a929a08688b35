using System.CommandLine;
using PlatformBot.Verbs;

// One line per verb; each builds its own command in Verbs/.
var root = new RootCommand("The chat-ops bot that builds and runs the platform's clusters.")
{
    ValidateVerb.Make(),
    SchemaVerb.Make(),
    CatalogueVerb.Make(),
    ServeVerb.Make(),
    DemoVerb.Make(),
    SandboxVerb.Make(),
    RehearseVerb.Make(TimeProvider.System),
    PkiVerb.Make(Console.In, TimeProvider.System),
    TalosVerb.Make(Console.In),
    VersionsVerb.Make(Console.In),
    VaultVerb.Make(Console.In),
    GitOpsVerb.Make(),
    AuditVerb.Make(TimeProvider.System),
    ConsoleVerb.Make(Console.In, TimeProvider.System),
};

// The bot takes its time to leave, and hears a second signal; every other verb is ended by the first.
var invocation = new InvocationConfiguration();

if (args is ["serve", ..])
    invocation.ProcessTerminationTimeout = null;

// What people type may begin with an @: it never means a file of the host.
var words = new ParserConfiguration { ResponseFileTokenReplacer = null };
return await root.Parse(args, words).InvokeAsync(invocation);
