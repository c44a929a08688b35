using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace PlatformBot.Hosting;

/// <summary>What everybody who reaches the bot's port meets first: limits, and no word more than needed.</summary>
internal static class Surface
{
    private static readonly TimeSpan HeadersMayTake = TimeSpan.FromSeconds(5);

    /// <summary>Mattermost opens a connection for every callback, and lets it idle.</summary>
    private static readonly TimeSpan IdleConnection = TimeSpan.FromSeconds(20);

    public static WebApplicationBuilder AddSurface(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<HttpOptions>()
            .Bind(builder.Configuration.GetSection(HttpOptions.Section))
            .ValidateDataAnnotations()
            .Validate(
                options => options.Health is null || Uri.TryCreate(Plain(options.Health), UriKind.Absolute, out _),
                "Http:Health is no URL, such as http://127.0.0.1:8081."
            )
            .ValidateOnStart();

        builder.WebHost.ConfigureKestrel(Limit);
        builder.Services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<HttpOptions>>().Value;
            return new Buckets(options.PerAddress, options.AddressBurst);
        });

        // The host wants to know where it listens before there are options.
        var (urls, health) = (builder.Configuration["Urls"], builder.Configuration[$"{HttpOptions.Section}:Health"]);

        if (urls is not null && health is { Length: > 0 })
            builder.WebHost.UseUrls($"{urls};{health}");

        return builder;
    }

    /// <summary>A bug's caller learns that there was one, and nothing of it; the log has it.</summary>
    public static WebApplication UseSurface(this WebApplication app)
    {
        app.UseExceptionHandler(errors => errors.Run(_ => Task.CompletedTask));
        app.Use(PerAddress(app.Services.GetRequiredService<Buckets>()));

        if (app.Services.GetRequiredService<IOptions<HttpOptions>>().Value.Health is { } health)
            app.Use(Apart(new Uri(Plain(health)).Port));

        return app;
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.RequestHeadersTimeout = HeadersMayTake;
        kestrel.Limits.KeepAliveTimeout = IdleConnection;
        kestrel.Limits.MaxConcurrentConnections = 2000;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestLineSize = 4 * 1024;
        kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
    }

    private static Func<HttpContext, RequestDelegate, Task> PerAddress(Buckets buckets) =>
        (http, next) =>
        {
            if (buckets.Admits($"{http.Connection.RemoteIpAddress}"))
                return next(http);

            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            http.Response.Headers.RetryAfter = "1";
            return Task.CompletedTask;
        };

    /// <summary>By the port that was connected to: what a request says of itself (its Host) proves nothing.</summary>
    private static Func<HttpContext, RequestDelegate, Task> Apart(int port) =>
        (http, next) =>
        {
            var isHealth = http.Request.Path == "/healthz";

            if (isHealth == (http.Connection.LocalPort == port))
                return next(http);

            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        };

    /// <summary>Kestrel's word for every address is none of a URL's.</summary>
    private static string Plain(string url) =>
        url.Replace("://+:", "://0.0.0.0:", StringComparison.Ordinal)
            .Replace("://*:", "://0.0.0.0:", StringComparison.Ordinal);
}
