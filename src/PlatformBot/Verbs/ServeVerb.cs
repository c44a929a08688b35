using System.CommandLine;
using Microsoft.Extensions.Options;
using PlatformBot.Core.Journals;
using PlatformBot.Hosting;

namespace PlatformBot.Verbs;

/// <summary><c>platformbot serve</c>: the bot itself, with the settings of appsettings.json and the environment.</summary>
internal static class ServeVerb
{
    public static Command Make()
    {
        var verb = new Command("serve", "Run the bot with the settings of appsettings.json and the environment");
        verb.SetAction(RunAsync);
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = BotApp.Build(settings: null, TimeProvider.System);
            await app.RunAsync(cancellationToken);
            return 0;
        }
        catch (Exception exception) when (exception is CatalogueException or JournalUnavailableException)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (OptionsValidationException exception)
        {
            var faults = string.Join('\n', exception.Failures.Select(fault => $"- {fault}"));
            await parsed.InvocationConfiguration.Error.WriteLineAsync(
                $"The settings are not complete (appsettings.json explains each):\n{faults}"
            );
            return 1;
        }
    }
}
