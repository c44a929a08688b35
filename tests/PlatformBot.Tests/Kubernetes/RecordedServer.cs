using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PlatformBot.Core.Checks;
using PlatformBot.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

/// <summary>
/// An API server that answers what a real one answered: each recording once, to the first request with its method and address. Other
/// requests get 418, which no client takes for anything else. What was sent is kept, to be compared.
/// </summary>
internal sealed class RecordedServer : IAsyncDisposable
{
    /// <summary>What a client may choose freely: how much at once, and how long.</summary>
    private static readonly string[] Free = ["limit", "timeoutSeconds"];

    private readonly TestAuthority _authority;
    private readonly TimeProvider? _pace;
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly List<Recording> _script;
    private readonly ConcurrentQueue<RecordedRequest> _asked = new();
    private readonly ConcurrentQueue<string> _unexpected = new();

    private RecordedServer(
        TimeProvider? pace,
        TestAuthority authority,
        X509Certificate2 certificate,
        IEnumerable<Recording> script
    )
    {
        (_pace, _authority, _script) = (pace, authority, [.. script]);
        _app = Build(certificate);
    }

    public static Task<RecordedServer> StartAsync(params string[] names) =>
        StartAsync(pace: null, [.. names.Select(name => Recording.Read(name))]);

    public static Task<RecordedServer> StartAsync(params Recording[] script) => StartAsync(pace: null, script);

    /// <param name="pace">by which lines of streams come when they came; null sends them at once</param>
    public static async Task<RecordedServer> StartAsync(
        TimeProvider? pace,
        IEnumerable<Recording> script,
        TestAuthority? authority = null,
        X509Certificate2? certificate = null
    )
    {
        authority ??= new TestAuthority("recorded");
        var server = new RecordedServer(pace, authority, certificate ?? authority.Server(), script);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public Uri Uri => new(_app.Urls.First());

    /// <summary>All requests, oldest first.</summary>
    public IReadOnlyList<RecordedRequest> Asked => [.. _asked];

    /// <summary>For a context "infra", with a token.</summary>
    public string Kubeconfig =>
        $$"""
            clusters: [{ name: c, cluster: { server: "{{Uri}}", certificate-authority-data: {{Convert.ToBase64String(
                Encoding.UTF8.GetBytes(_authority.CaPem)
            )}} } }]
            users: [{ name: u, user: { token: a-token } }]
            contexts: [{ name: infra, context: { cluster: c, user: u } }]
            """;

    /// <summary>Whom the client trusts and who it is, without a file.</summary>
    public ClusterAccess Access => new(Uri) { CaPem = _authority.CaPem, Token = "a-token" };

    public ClusterConnection Connect(TimeProvider clock) => Connect(Access, NullLogger.Instance, clock);

    public static ClusterConnection Connect(ClusterAccess access, ILogger logger, TimeProvider clock) =>
        new(
            "infra",
            access,
            new(access, Scene.NoPlugins, new Redactor(), clock),
            identity: null,
            new() { Timeout = TimeSpan.FromSeconds(10) },
            clock,
            logger
        );

    /// <summary>More answers, behind those that are left.</summary>
    public void Then(params Recording[] script)
    {
        lock (_gate)
            _script.AddRange(script);
    }

    /// <summary>Everything was asked for, and nothing else.</summary>
    public void ShouldBePlayedOut()
    {
        lock (_gate)
            _unexpected.Concat(_script.Select(each => $"never asked for: {each.Name}")).ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
        _authority.Dispose();
    }

    private WebApplication Build(X509Certificate2 certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options =>
            options.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    listen.UseHttps(certificate);
                }
            )
        );
        var app = builder.Build();
        app.Run(HandleAsync);
        return app;
    }

    private async Task HandleAsync(HttpContext context)
    {
        var request = await ReadAsync(context);
        _asked.Enqueue(request);

        if (Take(request) is not { } answer)
        {
            _unexpected.Enqueue($"{request.Method} {request.Target}");
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            await context.Response.WriteAsync(
                $"not in the script: {request.Method} {request.Target}",
                context.RequestAborted
            );
            return;
        }

        await answer.Held.WaitAsync(context.RequestAborted);

        if (answer.Cut)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = answer.Code;

        foreach (var (name, value) in answer.Headers.Where(header => !OfTheWire(header.Name)))
            context.Response.Headers.Append(name, value);

        await WriteAsync(answer, context.Response, context.RequestAborted);
    }

    private async Task WriteAsync(Recording answer, HttpResponse response, CancellationToken gone)
    {
        if (answer.Body.Length > 0 && answer.Code != StatusCodes.Status304NotModified)
            await response.Body.WriteAsync(answer.Body, gone);

        // The head of a stream comes at once, also when nothing happens yet.
        await response.Body.FlushAsync(gone);
        var before = TimeSpan.Zero;

        foreach (var (at, line) in answer.Stream)
        {
            if (_pace is not null)
                await Task.Delay(at - before, _pace, gone);

            await response.WriteAsync(line + "\n", gone);
            await response.Body.FlushAsync(gone);
            before = at;
        }

        if (!answer.Ends)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, gone);
    }

    private Recording? Take(RecordedRequest request)
    {
        lock (_gate)
        {
            var found = _script.FindIndex(each => IsFor(each.Request, request));

            if (found < 0)
                return null;

            var answer = _script[found];
            _script.RemoveAt(found);
            return answer;
        }
    }

    private static bool IsFor(RecordedRequest recorded, RecordedRequest request) =>
        recorded.Method == request.Method && Address(recorded.Target) == Address(request.Target);

    /// <summary>The order of a query means nothing.</summary>
    private static string Address(string target)
    {
        var query = target.Contains('?', StringComparison.Ordinal)
            ? target[target.IndexOf('?', StringComparison.Ordinal)..]
            : "";
        var parts = QueryHelpers
            .ParseQuery(query)
            .Where(part => !Free.Contains(part.Key))
            .SelectMany(part => part.Value.Select(value => $"{part.Key}={value}"))
            .Order(StringComparer.Ordinal);
        return $"{target[..^query.Length]}?{string.Join('&', parts)}";
    }

    private static async Task<RecordedRequest> ReadAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        return new(
            context.Request.Method,
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            [.. context.Request.Headers.SelectMany(header => header.Value.Select(value => (header.Key, value!)))],
            await body.ReadToEndAsync(context.RequestAborted)
        );
    }

    /// <summary>Kestrel writes these itself.</summary>
    private static bool OfTheWire(string header) =>
        header.ToLowerInvariant() is "transfer-encoding" or "content-length" or "date" or "connection";
}
