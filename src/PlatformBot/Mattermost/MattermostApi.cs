using System.Net.Http.Headers;
using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using PlatformBot.Core;

namespace PlatformBot.Mattermost;

/// <summary>Requests to /api/v4: the token, the retries, and saying once that the server is away.</summary>
internal sealed partial class MattermostApi(
    HttpClient http,
    IOptions<MattermostOptions> options,
    TimeProvider clock,
    ILogger<MattermostApi> logger
)
{
    /// <summary>An internal error that the server insists on is not an absence.</summary>
    private const int TriesWhenBroken = 5;

    private const int BufferSize = 64 * 1024;

    private string? _token;
    private bool _away;
    private bool _locked;

    /// <summary>The bearer token, read from its file at first use and after every refusal.</summary>
    public string Token => _token ??= options.Value.Token ?? File.ReadAllText(options.Value.TokenFile!).Trim();

    public Uri Url(string path) => new($"{options.Value.Url.TrimEnd('/')}/api/v4/{path}");

    /// <summary>Asks until the server has answered: done, or refused for good. Only for what may be asked twice.</summary>
    public async Task<Answer> AskAsync(HttpMethod method, string path, JsonNode? body, CancellationToken stopping)
    {
        var backoff = new Backoff();

        while (true)
        {
            var answer = await TryAsync(method, path, body, stopping);

            if (IsFinal(answer, backoff.Tries))
                return answer;

            await PauseAsync(answer, backoff, stopping);
        }
    }

    public Task<Answer> GetAsync(string path, CancellationToken stopping) =>
        AskAsync(HttpMethod.Get, path, body: null, stopping);

    /// <summary>One request, one answer; never throws because of the network.</summary>
    public Task<Answer> TryAsync(HttpMethod method, string path, JsonNode? body, CancellationToken stopping) =>
        SendAsync(
            method,
            path,
            body is null
                ? null
                : new StringContent(body.ToJsonString(), Encoding.UTF8, MediaTypeNames.Application.Json),
            stopping
        );

    /// <summary>Uploads a file and returns its id, or "" when the server takes no files.</summary>
    public async Task<string> UploadAsync(string channel, string name, string text, CancellationToken stopping)
    {
        var path = $"files?channel_id={channel}&filename={Uri.EscapeDataString(name)}";
        var backoff = new Backoff();

        while (true)
        {
            var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
            content.Headers.ContentType = new(MediaTypeNames.Application.Octet);
            var answer = await SendAsync(HttpMethod.Post, path, content, stopping);

            if (answer.Done)
                return answer.Body.GetProperty("file_infos")[0].GetProperty("id").GetString()!;

            if (IsFinal(answer, backoff.Tries))
            {
                LogFileRefused(name, answer);
                return "";
            }

            await PauseAsync(answer, backoff, stopping);
        }
    }

    /// <summary>Reads a file to its end without keeping it; null when the server does not give it.</summary>
    /// <returns>its size in bytes, and its digest in hex</returns>
    public async Task<(long Size, string Sha256)?> DigestAsync(string path, CancellationToken stopping)
    {
        using var request = Request(HttpMethod.Get, path, content: null);

        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stopping);
            return response.IsSuccessStatusCode
                ? await DigestAsync(await response.Content.ReadAsStreamAsync(stopping), stopping)
                : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return null;
        }
    }

    private static async Task<(long Size, string Sha256)> DigestAsync(Stream content, CancellationToken stopping)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferSize];
        var size = 0L;

        while (await content.ReadAsync(buffer, stopping) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
            size += read;
        }

        return (size, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    public static bool IsFinal(Answer answer, int tries) =>
        answer.Done
        || (answer.Broken && tries >= TriesWhenBroken)
        || !(answer.Away || answer.Busy || answer.Unauthorized);

    public async Task PauseAsync(Answer answer, Backoff backoff, CancellationToken stopping)
    {
        var pause = backoff.Next();

        if (answer.RetryAfter is { } asked && asked > pause)
            pause = asked;

        await Task.Delay(pause, clock, stopping);
    }

    private HttpRequestMessage Request(HttpMethod method, string path, HttpContent? content)
    {
        var request = new HttpRequestMessage(method, Url(path)) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return request;
    }

    private async Task<Answer> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        CancellationToken stopping
    )
    {
        using var timeout = new CancellationTokenSource(options.Value.RequestTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, timeout.Token);
        using var request = Request(method, path, content);

        try
        {
            using var response = await http.SendAsync(request, either.Token);
            return Note(await Answer.ReadAsync(response, clock, either.Token));
        }
        catch (Exception exception)
            when (exception is HttpRequestException or IOException
                || (exception is OperationCanceledException && !stopping.IsCancellationRequested)
            )
        {
            // A connection that breaks in the instant in which the caller gives up is no more than that: whoever waits on hears of the end.
            return Note(Answer.None);
        }
    }

    /// <summary>Says once that the server is gone, once that it is back, and once that it does not know us any more.</summary>
    private Answer Note(Answer answer)
    {
        if (answer.Away && !_away && !answer.Broken)
            LogAway(options.Value.Url, answer);

        if (!answer.Away && _away)
            LogBack(options.Value.Url);

        if (answer.Unauthorized && !_locked)
            LogLocked(options.Value.Url);

        _away = answer.Away;
        _locked = answer.Unauthorized;

        if (answer.Unauthorized && options.Value.TokenFile is not null)
            _token = null;

        return answer;
    }

    [LoggerMessage(LogLevel.Warning, "Mattermost at {Url} does not answer ({Answer}); trying until it does")]
    private partial void LogAway(string url, Answer answer);

    [LoggerMessage(LogLevel.Information, "Mattermost at {Url} is back")]
    private partial void LogBack(string url);

    [LoggerMessage(
        LogLevel.Critical,
        "Mattermost at {Url} refuses the bot's token: it was revoked, or the bot account is disabled. Nothing is said in chat until that is mended"
    )]
    private partial void LogLocked(string url);

    [LoggerMessage(LogLevel.Warning, "Mattermost does not take the file {Name}: {Answer}")]
    private partial void LogFileRefused(string name, Answer answer);
}
