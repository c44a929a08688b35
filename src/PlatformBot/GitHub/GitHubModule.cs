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
            NewClient(),
            provider.GetRequiredService<IOptions<GitHubOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<GitHubApi>>()
        ));

        return services.AddSingleton<IIncidents, GitHubIncidents>();
    }

    /// <summary>A moved repository is answered with a redirect; following it would hand the token to wherever it leads.</summary>
    private static HttpClient NewClient() =>
        new(
            new BrokenConnections(
                new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) }
            )
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
}
