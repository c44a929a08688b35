using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PlatformBot.Core;
using PlatformBot.Core.Checks;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using PlatformBot.Web;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Web;

/// <summary>HTTP requests of steps, against a server that behaves and one that does not.</summary>
public sealed class HttpStepsTests : IAsyncLifetime
{
    private readonly WebApplication _server = Server();
    private readonly Redactor _redactor = new();
    private readonly List<string> _got = [];
    private readonly HttpSteps _steps;

    public HttpStepsTests() =>
        _steps = new(
            (reference, _) =>
                Task.FromResult<Result<string>>(
                    reference == "op://vault/none/token"
                        ? new Refusal("There is no such item.", "Make it.")
                        : "s3cret-token-0815"
                ),
            _redactor,
            TimeProvider.System
        );

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Here => _server.Urls.Single();

    public async ValueTask InitializeAsync()
    {
        _server.MapGet("/fine", () => Results.Json(new { state = "fine" }));
        _server.MapGet("/elsewhere", () => Results.Redirect("https://elsewhere.example/login"));
        _server.MapGet("/large", () => Results.Text(new string('x', (1024 * 1024) + 1)));
        _server.MapGet("/leak", () => Results.Text("the token is s3cret-token-0815"));
        _server.MapGet("/cut", Cut);
        _server.MapGet("/trouble", () => Results.StatusCode(503));
        _server.MapPost("/busy", () => Results.StatusCode(503));
        _server.MapPost("/wrong", () => Results.BadRequest("no such thing"));
        _server.MapPost("/cut", Cut);
        _server.MapGet(
            "/headers",
            (HttpRequest request) =>
            {
                _got.Add($"{request.Headers.Authorization}|{request.Headers["X-Asked"]}|{request.Headers.Cookie}");
                request.HttpContext.Response.Headers.SetCookie = "a=b";
                return "ok";
            }
        );
        await _server.StartAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        _steps.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task An_answer_is_compared_and_quoted()
    {
        (await LookAsync("/fine", new Expectation { Path = ".state", EqualTo = "fine" })).ShouldBe(
            $"True: {Here}/fine: path .state is fine"
        );
        (await LookAsync("/fine", new Expectation { Path = ".state", EqualTo = "broken" })).ShouldBe(
            $"False: {Here}/fine: path .state is fine, expected broken"
        );
        (await LookAsync("/nothing")).ShouldStartWith($"False: {Here}/nothing: status 404");
    }

    [Fact]
    public async Task Trouble_says_nothing_of_whether_something_was_done()
    {
        (await LookAsync("/trouble")).ShouldStartWith($": {Here}/trouble: status 503");
        (await LookAsync("/trouble", new Expectation { Status = 503 })).ShouldStartWith("True");
        var nobody = new PlannedCheck.Http(Get("") with { Url = $"http://127.0.0.1:{FreePort()}/" });
        (await _steps.CheckAsync(nobody, Stop)).Holds.ShouldBeNull();
    }

    [Fact]
    public async Task Of_a_sensitive_answer_nothing_is_kept()
    {
        var action = new PlannedAction.Http(Get("/leak"), [new Expectation { EqualTo = "something else" }])
        {
            Sensitive = true,
        };

        var outcome = await _steps.ActAsync(action, repeatable: false, Stop);

        outcome.Said.ShouldBe("status 200 (its answer is sensitive and was not kept)");
        outcome.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_an_answer_leads_is_told_and_not_followed() =>
        (await LookAsync("/elsewhere")).ShouldBe(
            $"False: {Here}/elsewhere: status 302: \"\" (to https://elsewhere.example/login)"
        );

    [Fact]
    public async Task What_is_too_large_is_not_judged_by_its_beginning()
    {
        (await LookAsync("/large", new Expectation { Contains = "x" })).ShouldBe(
            $": {Here}/large: it answers more than 1024 KiB, which is not read to its end"
        );
        (await LookAsync("/large", new Expectation { Status = 200 })).ShouldStartWith("True");
    }

    [Fact]
    public async Task A_secret_in_an_answer_is_compared_and_never_quoted()
    {
        _redactor.Learn("s3cret-token-0815");

        var looked = await LookAsync("/leak", new Expectation { EqualTo = "something else" });

        looked.ShouldStartWith("False");
        looked.ShouldNotContain("0815");
        (await LookAsync("/leak", new Expectation { Contains = "s3cret-token-0815" })).ShouldBe(
            $"True: {Here}/leak: the answer is as expected"
        );
    }

    [Fact]
    public async Task Headers_and_the_token_are_sent_and_cookies_are_not_kept()
    {
        var request = Get("/headers") with
        {
            Bearer = "op://vault/item/token",
            Headers = new Dictionary<string, string> { ["X-Asked"] = "twice" },
        };

        for (var time = 0; time < 2; time++)
            (await _steps.ActAsync(new(request, []), repeatable: false, Stop)).Verdict.ShouldBe(Verdict.Done);

        _got.ShouldBe(["Bearer s3cret-token-0815|twice|", "Bearer s3cret-token-0815|twice|"]);
    }

    [Fact]
    public async Task Without_its_token_nothing_is_sent()
    {
        var request = Get("/headers") with { Bearer = "op://vault/none/token" };

        var outcome = await _steps.ActAsync(new(request, []), repeatable: false, Stop);

        outcome.Verdict.ShouldBe(Verdict.AskPerson);
        outcome.Said.ShouldBe("There is no such item.");
        _got.ShouldBeEmpty();
    }

    /// <summary>(what is asked, whether the step is repeatable) → what follows</summary>
    [Theory]
    [InlineData("GET", "/nothing", false, Verdict.Retry)]
    [InlineData("POST", "/wrong", false, Verdict.Retry)]
    [InlineData("POST", "/busy", false, Verdict.AskPerson)]
    [InlineData("POST", "/busy", true, Verdict.Retry)]
    [InlineData("GET", "/cut", false, Verdict.Retry)]
    [InlineData("POST", "/cut", false, Verdict.AskPerson)]
    [InlineData("POST", "/cut", true, Verdict.Retry)]
    public async Task What_may_have_been_done_is_for_a_person(
        string method,
        string path,
        bool repeatable,
        Verdict verdict
    )
    {
        var outcome = await _steps.ActAsync(new(Get(path) with { Method = method }, []), repeatable, Stop);

        outcome.Verdict.ShouldBe(verdict, outcome.Said);

        if (verdict is Verdict.AskPerson)
            outcome.Explanation.ShouldNotBeNull().ShouldContain("repeatable");
    }

    [Fact]
    public async Task What_was_never_sent_can_be_sent_again()
    {
        var nobody = new PlannedRequest(
            "POST",
            $"http://127.0.0.1:{FreePort()}/",
            new Dictionary<string, string>(),
            "x",
            null
        );
        var unnamed = nobody with { Url = "http://no-such-host.invalid/" };

        (await _steps.ActAsync(new(nobody, []), repeatable: false, Stop)).Verdict.ShouldBe(Verdict.Retry);
        var outcome = await _steps.ActAsync(new(unnamed, []), repeatable: false, Stop);
        outcome.Verdict.ShouldBe(Verdict.Retry);
        outcome.Said.ShouldBe("no-such-host.invalid has no address");
    }

    [Fact]
    public async Task A_connection_that_is_reset_as_soon_as_it_is_made_is_a_request_that_failed()
    {
        await using var server = new ResettingServer();
        var look = new PlannedCheck.Http(new("GET", server.Url, new Dictionary<string, string>(), null, null));

        // Which of two exceptions the client's own library throws depends on who is faster.
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 2000),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Stop },
            async (_, stopping) => (await _steps.CheckAsync(look, stopping)).Holds.ShouldBeNull()
        );
    }

    private static WebApplication Server()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder.Build();
    }

    /// <summary>The connection breaks in the middle of the answer.</summary>
    private static async Task Cut(HttpContext context)
    {
        context.Response.ContentLength = 100;
        await context.Response.WriteAsync("half", Stop);
        await context.Response.Body.FlushAsync(Stop);
        context.Abort();
    }

    private PlannedRequest Get(string path) => new("GET", Here + path, new Dictionary<string, string>(), null, null);

    private async Task<string> LookAsync(string path, params Expectation[] expected)
    {
        var outcome = await _steps.CheckAsync(new(Get(path)) { Expect = expected }, Stop);
        return $"{outcome.Holds}: {outcome.Saw}";
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
