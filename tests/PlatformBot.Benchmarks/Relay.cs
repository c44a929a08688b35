using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PlatformBot.Benchmarks;

/// <summary>
/// Stands between the chat server and the bot, and times each answer of the bot: what the chat server sends, with its
/// signature, arrives unchanged, and the chat server's own work is not counted.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler());
    private readonly WebApplication _app;
    private ConcurrentBag<TimedAnswer> _answers = [];

    private Relay() => _app = Build();

    /// <summary>Where the bot listens.</summary>
    public Uri? Bot { get; set; }

    public Uri BaseUri => new(_app.Urls.First());

    public static async Task<Relay> StartAsync(CancellationToken cancellationToken)
    {
        var relay = new Relay();
        await relay._app.StartAsync(cancellationToken);
        return relay;
    }

    /// <summary>From the first byte sent to the bot to the last byte of its answer, for each request since the last call, in no order.</summary>
    public IReadOnlyCollection<TimedAnswer> TakeAnswers() => Interlocked.Exchange(ref _answers, []);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(PassOnAsync);
        return app;
    }

    private async Task PassOnAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        using var content = new ByteArrayContent(body.ToArray());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(http.Request.ContentType!);

        var began = TimeProvider.System.GetTimestamp();
        using var answer = await _http.PostAsync(new Uri(Bot!, http.Request.Path), content, http.RequestAborted);
        var bytes = await answer.Content.ReadAsByteArrayAsync(http.RequestAborted);
        _answers.Add(new TimedAnswer(TimeProvider.System.GetElapsedTime(began), Encoding.UTF8.GetString(bytes)));

        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = $"{answer.Content.Headers.ContentType}";
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }
}

/// <summary>How long the bot took, and what it said: JSON.</summary>
internal sealed record TimedAnswer(TimeSpan Time, string Said);
