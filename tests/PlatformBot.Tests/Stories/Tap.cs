using System.Collections.Concurrent;
using System.Net.Mime;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>Sits on the wire between the chat server and the bot: passes everything on, and keeps what it saw.</summary>
internal sealed class Tap : IAsyncDisposable
{
    private readonly ConcurrentStack<(string Path, string Body)> _seen = new();
    private readonly HttpClient _http = new();
    private readonly WebApplication _app;

    private Tap()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapFallback(PassOnAsync);
    }

    public Uri Address => new(_app.Urls.First());

    public Uri? To { get; set; }

    /// <summary>Replaces what the next slash command says.</summary>
    public string? NextText { get; set; }

    /// <summary>Happens once, after the chat server has sent something and before the bot hears of it.</summary>
    public Func<Task>? Meanwhile { get; set; }

    /// <summary>Nothing reaches the bot; the chat server is told that it has nothing to say.</summary>
    public bool Drops { get; set; }

    /// <summary>The bot's last answer, character for character.</summary>
    public string LastAnswer { get; private set; } = "";

    public static async Task<Tap> StartAsync()
    {
        var tap = new Tap();
        await tap._app.StartAsync(TestContext.Current.CancellationToken);
        return tap;
    }

    /// <summary>The last thing that was sent to this path, to be sent again.</summary>
    /// <param name="change">to forge it</param>
    public HttpContent LastTo(string path, Action<JsonObject>? change = null)
    {
        var body = _seen.First(each => each.Path == path).Body;
        var json = JsonNode.Parse(body)!.AsObject();
        change?.Invoke(json);
        return new StringContent(json.ToJsonString(), Encoding.UTF8, MediaTypeNames.Application.Json);
    }

    public string LastBody(string path) => _seen.First(each => each.Path == path).Body;

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task PassOnAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = Changed(http.Request.Path, await reader.ReadToEndAsync(http.RequestAborted));
        _seen.Push((http.Request.Path, body));

        if (Meanwhile is { } happens)
        {
            Meanwhile = null;
            await happens();
        }

        if (Drops)
        {
            await http.Response.WriteAsJsonAsync(new JsonObject(), http.RequestAborted);
            return;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(To!, http.Request.Path));
        request.Content = new StringContent(body);
        request.Content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(
            http.Request.ContentType!
        );
        request.Headers.TryAddWithoutValidation("Authorization", $"{http.Request.Headers.Authorization}");
        using var answer = await _http.SendAsync(request, http.RequestAborted);

        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        LastAnswer = await answer.Content.ReadAsStringAsync(http.RequestAborted);
        await http.Response.WriteAsync(LastAnswer, http.RequestAborted);
    }

    private string Changed(string path, string body)
    {
        if (NextText is not { } text || path != "/mattermost/command")
            return body;

        NextText = null;
        var fields = QueryHelpers.ParseQuery(body).ToDictionary(field => field.Key, field => $"{field.Value}");
        fields["text"] = text;
        return string.Join(
            '&',
            fields.Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}")
        );
    }
}
