using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using PlatformBot.Core;

namespace PlatformBot.GitHub;

/// <summary>Requests to one repository: the token, the limits, and saying once that GitHub is away.</summary>
internal sealed partial class GitHubApi(
    HttpClient http,
    IOptions<GitHubOptions> options,
    TimeProvider clock,
    ILogger<GitHubApi> logger
)
{
    private string? _token;
    private bool _away;
    private bool _locked;

    /// <summary>Asks until GitHub has answered: done, or refused for good. Only for what may be asked twice.</summary>
    public async Task<GitHubAnswer> AskAsync(HttpMethod method, string path, JsonNode? body, CancellationToken stopping)
    {
        var backoff = new Backoff();

        while (true)
        {
            var answer = await TryAsync(method, path, body, stopping);

            if (!MayPass(answer))
                return answer;

            await PauseAsync(answer, backoff, stopping);
        }
    }

    /// <summary>One request, one answer; never throws because of the network.</summary>
    public async Task<GitHubAnswer> TryAsync(HttpMethod method, string path, JsonNode? body, CancellationToken stopping)
    {
        using var timeout = new CancellationTokenSource(options.Value.RequestTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, timeout.Token);
        using var request = Request(method, path, body);

        try
        {
            using var response = await http.SendAsync(request, either.Token);
            return Note(await GitHubAnswer.ReadAsync(response, clock, either.Token));
        }
        catch (Exception exception)
            when (exception is HttpRequestException or IOException or OperationCanceledException
                && !stopping.IsCancellationRequested
            )
        {
            return Note(GitHubAnswer.None);
        }
    }

    /// <summary>Neither done nor refused: time may mend it.</summary>
    public static bool MayPass(GitHubAnswer answer) => answer.Away || answer.Busy || answer.Unauthorized;

    public Task PauseAsync(GitHubAnswer answer, Backoff backoff, CancellationToken stopping)
    {
        var pause = backoff.Next();
        return Task.Delay(answer.Wait > pause ? answer.Wait.Value : pause, clock, stopping);
    }

    private HttpRequestMessage Request(HttpMethod method, string path, JsonNode? body)
    {
        var url = $"{options.Value.ApiUrl.TrimEnd('/')}/repos/{options.Value.Repository}/{path}";
        var request = new HttpRequestMessage(method, url);

        _token ??= options.Value.Token ?? File.ReadAllText(options.Value.TokenFile!).Trim();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        request.Headers.Accept.ParseAdd("application/vnd.github+json");
        request.Headers.Add("X-GitHub-Api-Version", "2022-11-28");
        // GitHub answers 403 to a request without one.
        request.Headers.UserAgent.ParseAdd("PlatformBot");

        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, MediaTypeNames.Application.Json);

        return request;
    }

    private GitHubAnswer Note(GitHubAnswer answer)
    {
        if (answer.Away && !_away)
            LogAway(options.Value.ApiUrl, answer);

        if (!answer.Away && _away)
            LogBack(options.Value.ApiUrl);

        if (answer.Unauthorized && !_locked)
            LogLocked(options.Value.ApiUrl);

        _away = answer.Away;
        _locked = answer.Unauthorized;

        if (answer.Unauthorized && options.Value.TokenFile is not null)
            _token = null;

        return answer;
    }

    [LoggerMessage(LogLevel.Warning, "{Url} does not answer ({Answer}); incidents wait until it does")]
    private partial void LogAway(string url, GitHubAnswer answer);

    [LoggerMessage(LogLevel.Information, "{Url} is back")]
    private partial void LogBack(string url);

    [LoggerMessage(
        LogLevel.Critical,
        "{Url} refuses the bot's token: it was revoked or has expired. Incidents wait until that is mended"
    )]
    private partial void LogLocked(string url);
}
