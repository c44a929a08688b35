using PlatformBot.Core.Runbooks;
using PlatformBot.Core.Runs;
using PlatformBot.GitHub;
using PlatformBot.Mattermost;
using PlatformBot.Storage;

namespace PlatformBot.Hosting;

/// <summary>The whole bot as one web application. The sandbox and the tests start this very one, with other settings.</summary>
internal static class BotApp
{
    /// <param name="settings">in place of appsettings.json and the environment; null for those</param>
    /// <param name="clock">the platform's time: timeouts, back-offs, expiry</param>
    /// <param name="parts">what stands around, or in place of, the usual parts; null for those</param>
    /// <exception cref="CatalogueException">The runbooks hold mistakes.</exception>
    public static WebApplication Build(
        IReadOnlyDictionary<string, string?>? settings,
        TimeProvider clock,
        Action<ILoggingBuilder>? logging = null,
        Action<IServiceCollection>? parts = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }
        );

        if (settings is not null)
        {
            builder.Configuration.Sources.Clear();
            builder.Configuration.AddInMemoryCollection(settings);
        }

        logging?.Invoke(builder.Logging);
        builder.AddSurface();

        var paths = builder.Configuration.GetSection(PathsOptions.Section).Get<PathsOptions>() ?? new PathsOptions();
        var reading = Catalogue.Read(Path.Combine(Path.GetFullPath(paths.Root), "commands"));

        if (reading.Catalogue is not { } catalogue)
            throw new CatalogueException(reading.Problems);

        // People, the chat server and the tracker live in real time, whatever the platform's clock does.
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddCore(builder.Configuration, catalogue, clock);
        builder.Services.AddMattermost(builder.Configuration);
        builder.Services.AddGitHub(builder.Configuration);
        builder.Services.AddStepActions(builder.Configuration, clock);
        parts?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseSurface();
        app.MapMattermost();
        app.MapGet("/healthz", (SqliteJournal journal, RunHost runs) => Health(journal, runs));
        return app;
    }

    /// <summary>Always 200: a restart heals neither a full disk nor anything else, and would cut off what runs.</summary>
    private static string Health(SqliteJournal journal, RunHost runs) =>
        journal.Trouble is { } trouble ? $"ok, but nothing new can start: {trouble}"
        : runs.IsLeaving ? "ok, but leaving: nothing new begins"
        : "ok";
}

/// <summary>The bot does not start on runbooks that hold mistakes.</summary>
internal sealed class CatalogueException(IReadOnlyList<Problem> problems)
    : Exception($"The runbooks hold {problems.Count} mistakes:\n{string.Join('\n', problems)}");
