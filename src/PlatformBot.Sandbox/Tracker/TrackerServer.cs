using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace PlatformBot.Sandbox.Tracker;

/// <summary>
/// An issue tracker that speaks the part of GitHub's REST API which deals with issues, and shows them on a page. One repository, in
/// memory. It knows the protocol, and nothing of the bot.
/// </summary>
public sealed class TrackerServer : IAsyncDisposable
{
    private const int LargestPage = 100;
    private const int UsualPage = 30;

    private readonly TrackerOptions _options;
    private readonly TimeProvider _clock;
    private readonly IssueBook _book;
    private readonly RequestQuota _quota;
    private readonly WebApplication _app;
    private readonly Cable _cable = new();

    private TrackerServer(TrackerOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _book = new IssueBook(options.Login, clock);
        _quota = new RequestQuota(options.RequestsPerHour, clock);
        _app = Build();
    }

    /// <summary>http://127.0.0.1:port: the page, and the base URL of the API.</summary>
    public Uri BaseUri => new(_app.Urls.First());

    public string Repository => _options.Repository;

    /// <summary>May write issues: <c>Authorization: Bearer …</c></summary>
    public string Token { get; } = $"ghp_{RandomNumberGenerator.GetHexString(36, lowercase: true)}";

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Issue> Issues => _book.All();

    public static async Task<TrackerServer> StartAsync(
        TrackerOptions options,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var server = new TrackerServer(options, clock);
        await server._app.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>The network to the server is gone: every connection is cut, and no new one gets an answer.</summary>
    public void Down() => _cable.Cut();

    public void Up() => _cable.Mend();

    /// <summary>The next request that writes is carried out, but its answer never arrives.</summary>
    public void LoseNextAnswer() => _quota.LoseNextAnswer = true;

    /// <summary>The next request that writes is told to slow down, as GitHub does with those who write fast.</summary>
    public void LimitNextWrite(TimeSpan wait) => _quota.LimitNextWrite = wait;

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private WebApplication Build()
    {
        var app = _cable.NewServer(_options.Port).Build();
        app.UseLoss("tracker", _options.Loses);
        var routes = new IssueRoutes(_book, new IssueJson(Repository, () => BaseUri));
        var page = new TrackerPage(_options, _book, _clock);
        var issues = $"/repos/{Repository}/issues";

        app.MapGet(issues, http => ListAsync(http, () => routes.List(http.Request.Query)));
        app.MapPost(issues, http => ServeAsync(http, sent => routes.Create(sent)));
        app.MapGet($"{issues}/{{number:int}}", http => ServeAsync(http, _ => routes.Get(Number(http))));
        app.MapPatch($"{issues}/{{number:int}}", http => ServeAsync(http, sent => routes.Change(Number(http), sent)));
        app.MapGet($"{issues}/{{number:int}}/comments", http => ListAsync(http, () => routes.Comments(Number(http))));
        app.MapPost(
            $"{issues}/{{number:int}}/comments",
            http => ServeAsync(http, sent => routes.Comment(Number(http), sent))
        );
        app.MapPost(
            $"{issues}/{{number:int}}/labels",
            http => ServeAsync(http, sent => routes.Label(Number(http), sent))
        );

        app.MapGet("/", page.ShowListAsync);
        app.MapGet($"/{Repository}/issues", page.ShowListAsync);
        app.MapGet($"/{Repository}/issues/{{number:int}}", page.ShowIssueAsync);
        app.MapFallback(http =>
            ServeAsync(http, _ => throw new ApiException(StatusCodes.Status404NotFound, "Not Found"))
        );

        return app;
    }

    private static int Number(HttpContext http) =>
        int.Parse((string)http.Request.RouteValues["number"]!, CultureInfo.InvariantCulture);

    /// <summary>A page of what there is, with GitHub's Link header to the others.</summary>
    private Task ListAsync(HttpContext http, Func<IEnumerable<JsonNode>> list) =>
        ServeAsync(
            http,
            _ =>
            {
                var size = Math.Clamp(Query(http, "per_page", UsualPage), 1, LargestPage);
                var number = Math.Max(1, Query(http, "page", 1));
                var pages = list().Chunk(size).ToList();

                if (Links(http, number, pages.Count) is { Length: > 0 } links)
                    http.Response.Headers.Link = links;

                return (StatusCodes.Status200OK, new JsonArray([.. pages.ElementAtOrDefault(number - 1) ?? []]));
            }
        );

    private static int Query(HttpContext http, string name, int otherwise) =>
        int.TryParse(http.Request.Query[name], CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private static string Links(HttpContext http, int page, int pages)
    {
        (string Name, int Page, bool Shown)[] links =
        [
            ("prev", page - 1, page > 1),
            ("next", page + 1, page < pages),
            ("last", pages, page < pages),
            ("first", 1, page > 1),
        ];

        return string.Join(
            ", ",
            links.Where(link => link.Shown).Select(link => $"<{At(link.Page)}>; rel=\"{link.Name}\"")
        );

        string At(int number)
        {
            var others = http.Request.Query.Where(pair => pair.Key != "page");
            var query = new QueryBuilder(others) { { "page", number.ToString(CultureInfo.InvariantCulture) } };
            return $"{http.Request.Scheme}://{http.Request.Host}{http.Request.Path}{query}";
        }
    }

    private async Task ServeAsync(HttpContext http, Func<JsonElement, (int Status, JsonNode Body)> serve)
    {
        try
        {
            _quota.Count(http);
            CheckToken(http);
            var (status, body) = serve(await ReadAsync(http));

            if (_quota.LoseNextAnswer && !HttpMethods.IsGet(http.Request.Method))
            {
                _quota.LoseNextAnswer = false;
                http.Abort();
                return;
            }

            await AnswerAsync(http, status, body);
        }
        catch (ApiException error)
        {
            await AnswerAsync(http, error.Status, Error(error));
        }
    }

    private void CheckToken(HttpContext http)
    {
        if (http.Request.Headers.UserAgent.Count == 0)
            throw new ApiException(StatusCodes.Status403Forbidden, "Request forbidden by administrative rules.");

        if (http.Request.Headers.Authorization.ToString() is not { } given || !IsToken(given))
            throw new ApiException(StatusCodes.Status401Unauthorized, "Bad credentials");

        bool IsToken(string header) => header == $"Bearer {Token}" || header == $"token {Token}";
    }

    private static async Task<JsonElement> ReadAsync(HttpContext http)
    {
        if (HttpMethods.IsGet(http.Request.Method))
            return default;

        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted);
            return body.RootElement.ValueKind == JsonValueKind.Object
                ? body.RootElement.Clone()
                : throw new ApiException(StatusCodes.Status400BadRequest, "Body should be a JSON object");
        }
        catch (JsonException)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, "Problems parsing JSON");
        }
    }

    private static JsonObject Error(ApiException error)
    {
        var body = new JsonObject
        {
            ["message"] = error.Message,
            ["documentation_url"] = "https://docs.github.com/rest/issues/issues",
            ["status"] = error.Status.ToString(CultureInfo.InvariantCulture),
        };

        if (error.Field is not null)
        {
            body["errors"] = new JsonArray(
                new JsonObject
                {
                    ["resource"] = "Issue",
                    ["field"] = error.Field,
                    ["code"] = error.Code,
                }
            );
        }

        return body;
    }

    private static async Task AnswerAsync(HttpContext http, int status, JsonNode body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.WriteAsync(body.ToJsonString(), http.RequestAborted);
    }
}
