using Microsoft.Extensions.Logging.Console;

namespace PlatformBot.Verbs.Demo;

/// <summary>The bot's log beside a transcript: on standard error, or not at all.</summary>
internal static class DemoLog
{
    public static void Configure(ILoggingBuilder logging, bool verbose)
    {
        logging.ClearProviders();

        if (!verbose)
            return;

        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace
        );
    }
}
