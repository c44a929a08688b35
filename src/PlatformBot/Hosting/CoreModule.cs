using Microsoft.Extensions.Options;
using PlatformBot.Cli;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Checks;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Incidents;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runbooks;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Statements;
using PlatformBot.Kubernetes;
using PlatformBot.Storage;

namespace PlatformBot.Hosting;

/// <summary>The core, put together: what decides, and what it is told about the world through its ports.</summary>
internal static class CoreModule
{
    /// <param name="clock">the platform's time; people, and with them the chat adapter, may live in another (see the sandbox)</param>
    public static IServiceCollection AddCore(
        this IServiceCollection services,
        IConfiguration configuration,
        Catalogue catalogue,
        TimeProvider clock
    )
    {
        services.AddChecked<PathsOptions>(configuration, PathsOptions.Section);
        services.AddChecked<AccessOptions>(configuration, AccessOptions.Section);
        services.AddChecked<StorageOptions>(configuration, "Storage");
        services.AddChecked<AuditOptions>(configuration, AuditOptions.Section);
        services.AddChecked<ApprovalOptions>(configuration, ApprovalOptions.Section);
        services.AddChecked<FreezeOptions>(configuration, FreezeOptions.Section);
        services.AddSingleton<IValidateOptions<FreezeOptions>, FreezeCheck>();
        services.AddShutdown(configuration);

        services.AddSingleton(catalogue).AddSingleton(catalogue.Tools);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<PathsOptions>>().Value.ToPlanPaths());
        services.AddSingleton(provider => new SqliteJournal(
            provider.GetRequiredService<IOptions<StorageOptions>>().Value.Journal,
            clock
        ));
        services.AddSingleton<IJournal>(provider => provider.GetRequiredService<SqliteJournal>());

        services.AddLedger(clock);

        services.AddAccess(catalogue);
        services.AddSingleton<RunLocks>();
        services.AddSingleton<PlanLook>();
        services.AddSingleton<IRunView>(provider => ActivatorUtilities.CreateInstance<ChatView>(provider, clock));

        if (configuration.GetValue<bool>("GitHub:Enabled"))
            services.AddSingleton<IRunView, IncidentReporter>();

        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RunHost>(provider, clock));
        services.AddSingleton<IConversation>(provider => ActivatorUtilities.CreateInstance<Bot>(provider, clock));
        services.AddHostedService<LedgerWorker>();
        services.AddHostedService<RoleBook>().AddHostedService<RunWorker>().AddHostedService<AuditWorker>();
        return services.AddConsole(configuration);
    }

    /// <summary>Who may what, and whether they still may.</summary>
    private static void AddAccess(this IServiceCollection services, Catalogue catalogue)
    {
        services.AddSingleton<IValidateOptions<AccessOptions>>(new AccessCheck(catalogue));
        services.AddSingleton(provider => new Access([
            .. provider.GetRequiredService<IOptions<AccessOptions>>().Value.Grants.Select(grant => grant.ToGrant()),
        ]));
        services.AddSingleton(provider => new Standing(
            provider.GetRequiredService<IPeople>(),
            provider.GetRequiredService<Access>(),
            provider.GetRequiredService<IOptions<AccessOptions>>().Value.TrustLastAnswer,
            provider.GetRequiredService<TimeProvider>()
        )
        {
            Witness = provider.GetRequiredService<Witness>(),
        });
        services.AddSingleton(provider => new ApprovalGuard(
            provider.GetRequiredService<Standing>(),
            PlanJson.DigestOf,
            provider.GetRequiredService<IInputs>()
        ));
    }

    /// <summary>What belongs to no run, and what else stands before destruction.</summary>
    private static void AddLedger(this IServiceCollection services, TimeProvider clock)
    {
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LiveLedger>(provider, clock));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LedgerKeeper>(provider, clock));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LedgerView>(provider, clock));
        services.AddSingleton(provider => new FreezeBook(
            provider
                .GetRequiredService<IOptions<FreezeOptions>>()
                .Value.ToWindows(provider.GetRequiredService<Catalogue>()),
            provider.GetRequiredService<LiveLedger>(),
            clock
        ));
        services.AddSingleton(provider => new Denials(
            provider.GetRequiredService<IJournal>(),
            provider.GetRequiredService<IOptions<ApprovalOptions>>().Value.ToRule()
        ));
        services.AddSingleton(provider => new BreakGlass(
            provider.GetRequiredService<IOptions<AccessOptions>>().Value.BreakGlass is { Length: > 0 } role
                ? role
                : null
        ));
        services.AddSingleton<Safeguards>();
    }

    /// <summary>Processes and clusters: the hands of the runs.</summary>
    public static IServiceCollection AddStepActions(
        this IServiceCollection services,
        IConfiguration configuration,
        TimeProvider clock
    )
    {
        services.AddChecked<ToolsOptions>(configuration, "Tools");
        services.AddChecked<KubernetesOptions>(configuration, "Kubernetes");
        services.AddSingleton<Redactor>();
        services.AddSingleton<IInputs>(provider => provider.GetRequiredService<StepActions>().Inputs);
        services.AddSingleton(provider =>
            provider.GetRequiredService<StepActions>().Views(provider.GetRequiredService<TimeProvider>())
        );
        services.AddSingleton<IStepActions>(provider => provider.GetRequiredService<StepActions>());
        return services.AddSingleton(provider => new StepActions(
            provider.GetRequiredService<IOptions<ToolsOptions>>().Value,
            provider.GetRequiredService<IOptions<KubernetesOptions>>().Value,
            provider.GetRequiredService<PlanPaths>(),
            provider.GetRequiredService<ToolBook>(),
            provider.GetRequiredService<Redactor>(),
            provider.GetRequiredService<IOptions<StorageOptions>>().Value.Journal,
            new LedgerPins(provider.GetRequiredService<LiveLedger>()),
            provider.GetRequiredService<ILoggerFactory>(),
            clock
        ));
    }

    /// <summary>The host gives up on whatever takes longer to leave than all graces together.</summary>
    private static void AddShutdown(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<ShutdownOptions>(configuration, "Shutdown");
        services
            .AddOptions<HostOptions>()
            .Configure<IOptions<ShutdownOptions>, IOptions<ToolsOptions>>(
                (host, shutdown, tools) =>
                    host.ShutdownTimeout = shutdown.Value.Grace + tools.Value.Grace + ShutdownOptions.Farewell
            );
    }

    /// <summary>Bound from its section, checked with every other before the bot starts.</summary>
    public static void AddChecked<TOptions>(
        this IServiceCollection services,
        IConfiguration configuration,
        string section
    )
        where TOptions : class =>
        services
            .AddOptions<TOptions>()
            .Bind(configuration.GetSection(section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
}
