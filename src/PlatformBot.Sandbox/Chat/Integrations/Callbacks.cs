using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Integrations;

/// <summary>What an integration answered. No status: it did not, in time or at all.</summary>
internal sealed record Answered(HttpStatusCode? Status, string Reason, string MediaType, string Body);

/// <summary>Calls integrations as the real server does: one new connection each, redirects followed, no second try.</summary>
internal sealed class Callbacks(TimeProvider clock, TimeSpan timeout) : IDisposable
{
    private const int LongestAnswer = 1024 * 1024;

    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            AutomaticDecompression = DecompressionMethods.GZip,
            UseProxy = false,
            UseCookies = false,
        }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>A slash command; the form's fields go in the order given.</summary>
    public Task<Answered> FormAsync(string url, string token, IEnumerable<(string Name, string Value)> fields)
    {
        var request = Request(HttpMethod.Post, url);
        request.Headers.TryAddWithoutValidation("Authorization", $"Token {token}");
        request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(Encode(fields)));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        return SendAsync(request);
    }

    /// <summary>A slash command registered for GET: the same fields in the query.</summary>
    public Task<Answered> QueryAsync(string url, string token, IEnumerable<(string Name, string Value)> fields)
    {
        var separator = url.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        var request = Request(HttpMethod.Get, $"{url}{separator}{Encode(fields)}");
        request.Headers.TryAddWithoutValidation("Authorization", $"Token {token}");
        return SendAsync(request);
    }

    /// <summary>A button or a dialog: unsigned JSON.</summary>
    public Task<Answered> JsonAsync(string url, JsonObject body)
    {
        var request = Request(HttpMethod.Post, url);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(GoJson.Text(body)));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return SendAsync(request);
    }

    private static HttpRequestMessage Request(HttpMethod method, string url)
    {
        var request = new HttpRequestMessage(method, url);
        request.Headers.TryAddWithoutValidation("User-Agent", "Mattermost-Bot/1.1");
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        return request;
    }

    private static string Encode(IEnumerable<(string Name, string Value)> fields) =>
        string.Join(
            '&',
            fields.Select(field =>
                $"{field.Name}={Uri.EscapeDataString(field.Value).Replace("%20", "+", StringComparison.Ordinal)}"
            )
        );

    private async Task<Answered> SendAsync(HttpRequestMessage request)
    {
        // Not tied to the person's own request: the server finishes what it has begun.
        using var patience = new CancellationTokenSource(timeout, clock);
        using var _ = request;

        try
        {
            using var response = await _http.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                patience.Token
            );
            var body = await ReadAsync(response, patience.Token);
            var mediaType = response.Content.Headers.ContentType?.MediaType ?? "";
            return new Answered(response.StatusCode, response.ReasonPhrase ?? "", mediaType, body);
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException or OperationCanceledException or InvalidOperationException)
        {
            return new Answered(Status: null, "", "", "");
        }
    }

    /// <summary>What comes after the first MiB is cut off.</summary>
    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[8192];
        using var body = new MemoryStream();

        while (body.Length < LongestAnswer)
        {
            var room = (int)Math.Min(buffer.Length, LongestAnswer - body.Length);
            var read = await stream.ReadAsync(buffer.AsMemory(0, room), cancellationToken);

            if (read == 0)
                break;

            await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length);
    }

    public void Dispose() => _http.Dispose();
}
