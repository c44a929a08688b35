using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using PlatformBot.Core;
using PlatformBot.Core.Checks;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Web;

/// <summary>HTTP requests as actions and as checks. The proxy of the bot's environment (HTTPS_PROXY, NO_PROXY) is used.</summary>
/// <param name="readSecret">reads what a reference (op://vault/item/field) stands for, and lets the redactor know it</param>
internal sealed class HttpSteps(
    Func<string, CancellationToken, Task<Result<string>>> readSecret,
    Redactor redactor,
    TimeProvider clock
) : IDisposable
{
    private const string MayBeDone =
        "It may have been done although nobody knows. Look before it is sent again; 'repeatable: true' would say that this is safe.";

    private readonly HttpClient _http = HttpClients.New(handler =>
    {
        handler.UseCookies = false;
        handler.AutomaticDecompression = DecompressionMethods.All;
    });

    /// <param name="repeatable">the step says that doing it twice is doing it once</param>
    public async Task<ActionOutcome> ActAsync(PlannedAction.Http action, bool repeatable, CancellationToken cancelled)
    {
        var mayRepeat = repeatable || action.Request.IsSafe;

        if (!(await TokenAsync(action.Request, cancelled)).Ok(out var token, out var refusal))
            return new(Verdict.AskPerson, refusal.Reason, Explanation: refusal.Hint);

        try
        {
            var answer = await SendAsync(action.Request, token, cancelled);
            var outcome = Judge(action.Expect, answer);
            var verdict =
                outcome.Holds is true ? Verdict.Done
                : !mayRepeat && answer.Status >= 500 ? Verdict.AskPerson
                : Verdict.Retry;
            var said = action.Sensitive
                ? $"status {answer.Status} (its answer is sensitive and was not kept)"
                : outcome.Saw;
            return new(verdict, said, $"{action.Request}", Output: action.Sensitive ? "" : answer.Shown(redactor))
            {
                Explanation = verdict is Verdict.AskPerson ? MayBeDone : null,
            };
        }
        catch (HttpRequestException error) when (mayRepeat || WasNotSent(error))
        {
            return new(Verdict.Retry, Words(action.Request, error), $"{action.Request}");
        }
        catch (HttpRequestException error)
        {
            return new(
                Verdict.AskPerson,
                $"Nobody knows how it ended: {Words(action.Request, error)}",
                $"{action.Request}",
                Explanation: MayBeDone
            );
        }
    }

    public async Task<CheckOutcome> CheckAsync(PlannedCheck.Http check, CancellationToken cancelled)
    {
        if (!(await TokenAsync(check.Request, cancelled)).Ok(out var token, out var refusal))
            return new(null, refusal.Reason);

        try
        {
            var outcome = Judge(check.Expect, await SendAsync(check.Request, token, cancelled));
            return outcome with { Saw = $"{check.Request.Url}: {outcome.Saw}" };
        }
        catch (HttpRequestException error)
        {
            // Whether it is well can be told; whether something was done there cannot.
            return new(null, Words(check.Request, error));
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>"" when none is wanted.</summary>
    private async Task<Result<string>> TokenAsync(PlannedRequest request, CancellationToken cancelled) =>
        request.Bearer is { } reference ? await readSecret(reference, cancelled) : "";

    private async Task<WebAnswer> SendAsync(PlannedRequest request, string token, CancellationToken cancelled)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Url);
        message.Headers.Authorization = token.Length == 0 ? null : new AuthenticationHeaderValue("Bearer", token);
        message.Headers.UserAgent.ParseAdd("platformbot");

        if (request.Body is { } body)
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));

        foreach (var (name, value) in request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
                message.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancelled);
        return await WebAnswer.ReadAsync(response, cancelled);
    }

    private CheckOutcome Judge(IReadOnlyList<Expectation> expected, WebAnswer answer)
    {
        if (answer.IsCut && expected.Any(entry => entry.Status is null))
            return new(null, $"it answers more than {WebAnswer.Longest / 1024} KiB, which is not read to its end");

        var seen = new Seen(null, answer.Text)
        {
            At = clock.GetUtcNow(),
            Called = "the answer",
            Status = answer.Status,
        };
        var outcome = Expectations.Judge(expected, seen, redactor);
        var saw = answer.Location is { } elsewhere ? $"{outcome.Saw} (to {elsewhere})" : outcome.Saw;

        // A server in trouble says nothing of what was asked, unless that is what was asked.
        var isUnknown = outcome.Holds is false && answer.Status >= 500 && expected.All(entry => entry.Status is null);
        return new(isUnknown ? null : outcome.Holds, saw);
    }

    private static bool WasNotSent(HttpRequestException error) =>
        error.HttpRequestError
            is HttpRequestError.NameResolutionError
                or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError
                or HttpRequestError.ProxyTunnelError;

    private static string Words(PlannedRequest request, HttpRequestException error)
    {
        var host = Uri.TryCreate(request.Url, UriKind.Absolute, out var url) ? url.Authority : request.Url;
        return error.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => $"{host} has no address",
            HttpRequestError.ConnectionError => $"{host} does not take connections",
            HttpRequestError.SecureConnectionError =>
                $"{host} cannot be trusted: {error.InnerException?.Message ?? error.Message}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{host}: {error.Message}"),
        };
    }
}
