using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using PlatformBot.Core;
using PlatformBot.Core.Chat;

namespace PlatformBot.Mattermost;

internal static class MattermostModule
{
    /// <summary>The chat adapter: <see cref="IChat"/> and <see cref="IPeople"/>. It needs an <see cref="IConversation"/>.</summary>
    public static IServiceCollection AddMattermost(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<MattermostOptions>()
            .Bind(configuration.GetSection(MattermostOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new MattermostApi(
            HttpClients.New(),
            provider.GetRequiredService<IOptions<MattermostOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<MattermostApi>>()
        ));

        services
            .AddSingleton<MattermostHome>()
            .AddSingleton<MadePosts>()
            .AddSingleton<ThreadFiles>()
            .AddSingleton<PostPaper>()
            .AddSingleton<Seals>();
        services
            .AddSingleton<TriggerProof>()
            .AddSingleton<SlashCommand>()
            .AddSingleton<Suspicions>()
            .AddSingleton<PersonLimit>()
            .AddSingleton<Dialogs>();
        services
            .AddSingleton<MattermostChat>()
            .AddSingleton<IChat>(provider => provider.GetRequiredService<MattermostChat>());
        services
            .AddSingleton<Circles>()
            .AddSingleton<MattermostPeople>()
            .AddSingleton<IPeople>(provider => provider.GetRequiredService<MattermostPeople>());
        services.AddSingleton<CommandEndpoint>().AddSingleton<ActionEndpoint>().AddSingleton<DialogEndpoint>();
        services.AddSingleton<Whispers>().AddHostedService(provider => provider.GetRequiredService<Whispers>());
        services.AddSingleton<Mentions>().AddSingleton<CatchUp>();
        services.AddHostedService<SelfTest>().AddHostedService<Listener>();

        return services;
    }

    public static IEndpointRouteBuilder MapMattermost(this IEndpointRouteBuilder endpoints)
    {
        var callbacks = endpoints.MapGroup("/mattermost");
        var services = endpoints.ServiceProvider;

        callbacks.MapPost("/command", http => services.GetRequiredService<CommandEndpoint>().HandleAsync(http));
        callbacks.MapPost("/action", http => services.GetRequiredService<ActionEndpoint>().HandleAsync(http));
        callbacks.MapPost("/dialog", http => services.GetRequiredService<DialogEndpoint>().HandleAsync(http));

        return endpoints;
    }
}
