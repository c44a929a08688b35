using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using PlatformBot.Core;
using PlatformBot.Core.Incidents;

namespace PlatformBot.GitHub;

internal static class GitHubModule
{
    /// <summary>The issue tracker: <see cref="IIncidents"/>. Registered only where the settings enable it.</summary>
    public static IServiceCollection AddGitHub(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(GitHubOptions.Section);
        services.AddOptions<GitHubOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();

        if (!section.GetValue<bool>(nameof(GitHubOptions.Enabled)))
            return services;

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new GitHubApi(
            HttpClients.New(),
            provider.GetRequiredService<IOptions<GitHubOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<GitHubApi>>()
        ));

        return services.AddSingleton<IIncidents, GitHubIncidents>();
    }
}
