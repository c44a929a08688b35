using System.Text.Json;
using Microsoft.Extensions.Logging;
using PlatformBot.Cli;
using PlatformBot.Core.Checks;
using PlatformBot.Core.Runbooks;
using PlatformBot.Hosting;
using PlatformBot.Kubernetes;
using PlatformBot.TestKit;
using PlatformBot.Tests.Cli;
using PlatformBot.Tests.Platform;
using PlatformBot.Tests.Stories;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

public sealed class CredentialsTests : IDisposable
{
    private const string Version = "client.authentication.k8s.io/v1";

    private static readonly Recording Fine = Recording.Of("GET", "/x", 200, "{}");

    private static readonly Recording Unauthorized = Recording.Read("08-auth-errors/02-bad-token-401").At("/x");

    private static readonly CredentialPlugin Plugin = new(
        Version,
        "get-token",
        [],
        new Dictionary<string, string>(),
        false,
        null
    );

    private readonly ClientFiles _files = new();
    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_token_file_is_read_again_after_a_minute_or_a_refusal()
    {
        await using var server = await RecordedServer.StartAsync(Fine, Fine, Fine, Unauthorized, Fine);
        using var connection = Connect(server.Access with { TokenFile = _files.Write("token", "one\n") });

        await connection.SendAsync(ApiCall.Get("/x"), Scene.Stop);
        _files.Write("token", " two ");
        await connection.SendAsync(ApiCall.Get("/x"), Scene.Stop);
        _clock.Advance(TimeSpan.FromSeconds(60));
        await connection.SendAsync(ApiCall.Get("/x"), Scene.Stop);
        _files.Write("token", "three");
        await connection.SendAsync(ApiCall.Get("/x"), Scene.Stop);

        Tokens(server).ShouldBe(["one", "one", "two", "two", "three"]);
    }

    [Fact]
    public async Task What_is_refused_twice_is_not_tried_a_third_time_and_a_fixed_token_not_a_second()
    {
        await using var server = await RecordedServer.StartAsync(Unauthorized, Unauthorized, Unauthorized);
        using var renewed = Connect(server.Access with { TokenFile = _files.PathOf("token") });
        using var constant = Connect(server.Access);

        (await RefusedAsync(renewed)).Code.ShouldBe(401);
        (await RefusedAsync(constant)).Code.ShouldBe(401);

        Tokens(server).ShouldBe(["from-the-file", "from-the-file", "a-token"]);
    }

    [Theory]
    [InlineData("", "API server of infra cannot be asked: the token file {file} is empty.")]
    [InlineData(
        null,
        "API server of infra cannot be asked: the token file {file} cannot be read (FileNotFoundException)."
    )]
    public async Task Without_a_token_nobody_is_asked(string? content, string said)
    {
        var file = _files.PathOf("other");

        if (content is not null)
            _files.Write("other", content);

        using var connection = Connect(new(new Uri("https://127.0.0.1:1")) { TokenFile = file });

        (await RefusedAsync(connection)).For("infra").ShouldBe(said.Replace("{file}", file));
    }

    [Fact]
    public async Task A_program_is_asked_when_its_answer_is_over_or_refused_and_by_nobody_twice_at_once()
    {
        var runs = 0;
        await using var server = await RecordedServer.StartAsync([.. Enumerable.Repeat(Fine, 6), Unauthorized, Fine]);
        using var connection = Connect(
            server.Access with
            {
                Token = null,
                Plugin = Plugin,
            },
            (_, _, _) => Task.FromResult(Token($"t{++runs}", _clock.GetUtcNow().AddMinutes(5)))
        );

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => connection.SendAsync(ApiCall.Get("/x"), Scene.Stop)));
        runs.ShouldBe(1);
        _clock.Advance(TimeSpan.FromMinutes(5));
        await connection.SendAsync(ApiCall.Get("/x"), Scene.Stop);
        await connection.SendAsync(ApiCall.Get("/x"), Scene.Stop);

        Tokens(server).TakeLast(3).ShouldBe(["t2", "t2", "t3"]);
    }

    // csharpier-ignore-start - a table
    public static TheoryData<string, int?, string, string, string> Answers => new()
    {
        // the rule                           exit  stdout                                     stderr          what is said
        { "missing, with installHint",        null, "",                                        "not there",    "the credential program get-token cannot be started: not there" },
        { "fails",                            3,    "",                                        "x\nlogin needed\n", "the credential program get-token failed with exit code 3: login needed" },
        { "prints no JSON",                   0,    "hello",                                   "",             "the credential program get-token prints no ExecCredential." },
        { "v1beta1 answered",                 0,    Answer("{}").Replace("/v1", "/v1beta1"),    "",             "the credential program get-token answers in client.authentication.k8s.io/v1beta1, and the client configuration asks for client.authentication.k8s.io/v1." },
        { "without status",                   0,    Answer("null"),                            "",             "the credential program get-token prints no credentials: status has neither a token nor a client certificate." },
        { "half a pair",                      0,    Answer("""{"clientKeyData":"k"}"""),        "",             "the credential program get-token prints half of a client certificate: the other half is missing." },
        { "no time",                          0,    Answer("""{"token":"t","expirationTimestamp":"soon"}"""), "", "the credential program get-token prints an expirationTimestamp that is no time." },
    };
    // csharpier-ignore-end

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_program_that_gives_nothing_says_what_it_lacks(
        string rule,
        int? exit,
        string stdout,
        string stderr,
        string said
    )
    {
        using var connection = Connect(
            new(new Uri("https://127.0.0.1:1")) { Plugin = Plugin with { InstallHint = "get it from the wiki" } },
            (_, _, _) => Task.FromResult(new PluginOutput(exit, stdout, stderr))
        );

        var error = await RefusedAsync(connection);

        (error.Message, error.Silence).ShouldBe((said, Silence.NotAsked), rule);
        error.Cure.ShouldBe(
            rule == "v1beta1 answered"
                ? "Write the version that the program speaks into the client configuration."
                : "get it from the wiki"
        );
    }

    [Fact]
    public async Task A_program_is_started_as_tools_are_with_its_own_words_and_variables()
    {
        using var dummy = new Dummy();
        var program = _files.Write(
            "get-token",
            "#!/bin/sh\necho \"$1|$SCOPE|$KUBERNETES_EXEC_INFO|$PLATFORMBOT_TEST_TOKEN\"\n"
        );

        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var environment = new ToolEnvironment(
            new() { RuntimeDirectory = _files.PathOf("runtime") },
            ToolKnowledge.Of(Catalogue.Read(Path.Combine(Repository.Root, "commands")).Catalogue!.Tools),
            new Dictionary<string, string>
            {
                ["PATH"] = "/usr/bin:/bin",
                ["PLATFORMBOT_TEST_TOKEN"] = "of the bot alone",
            },
            ""
        );
        var programs = new CredentialPrograms(dummy.Runner, environment, TimeProvider.System);
        var plugin = new CredentialPlugin(
            Version,
            program,
            ["a b"],
            new Dictionary<string, string> { ["SCOPE"] = "s" },
            false,
            null
        );

        var output = await programs.RunAsync(plugin, "info", Scene.Stop);
        var missing = await programs.RunAsync(plugin with { Command = "no-such-plugin" }, "info", Scene.Stop);

        (output.Exit, output.Stdout).ShouldBe((0, "a b|s|info|\n"));
        (missing.Exit, missing.Stderr).ShouldBe((null, "no-such-plugin is not installed on this host."));
    }

    [Fact]
    public void A_program_is_told_that_nobody_can_be_asked_and_where_it_is_needed_if_it_wants_to_know()
    {
        var access = new ClusterAccess(new Uri("https://127.0.0.1:16443")) { CaPem = "PEM" };

        PluginAnswer
            .InfoFor(Plugin, access)
            .ShouldBe(
                """{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}"""
            );
        PluginAnswer
            .InfoFor(Plugin with { ProvideClusterInfo = true }, access)
            .ShouldContain(""","cluster":{"server":"https://127.0.0.1:16443","certificate-authority-data":"UEVN"}""");
    }

    [Fact]
    public async Task A_new_client_certificate_means_new_connections()
    {
        await using var scene = await Scene.StartAsync();
        var (certificate, key) = scene.Server.AdminCertificate();
        var (stranger, strangersKey) = (_files.Certificate, _files.Key);
        var answers = new Queue<PluginOutput>([Pair(stranger, strangersKey), Pair(certificate, key)]);
        using var connection = Connect(
            new(scene.Server.Uri) { CaPem = scene.Server.CaPem, Plugin = Plugin },
            (_, _, _) => Task.FromResult(answers.Dequeue())
        );

        var reply = await connection.SendAsync(ApiCall.Get("/api/v1/namespaces/default"), Scene.Stop);

        reply.Json.Name().ShouldBe("default");
        answers.ShouldBeEmpty();
    }

    [Fact]
    public async Task Acting_for_somebody_sends_what_kubectl_sends()
    {
        var recorded = Recording.Read("08-auth-errors/27-whoami-impersonated");
        await using var server = await RecordedServer.StartAsync(recorded);
        var scopes = new Dictionary<string, string> { ["scopes"] = "view" };
        var access = server.Access with { As = new("jane@example.com", "developers", "u-1", scopes) };
        using var connection = Connect(access);

        await connection.SendAsync(
            new(HttpMethod.Post, recorded.Request.Target) { Body = recorded.Request.Body },
            Scene.Stop
        );

        Impersonating(server.Asked.Single()).ShouldBe(Impersonating(recorded.Request), ignoreOrder: true);
    }

    [Fact]
    public async Task A_socket_is_opened_by_the_same_person()
    {
        await using var server = await RecordedServer.StartAsync(Fine);
        var access = server.Access with { As = new("jane", "a", null, new Dictionary<string, string>()) };
        using var connection = Connect(access);

        var error = await Should.ThrowAsync<ApiException>(
            connection.ConnectAsync("/exec", ["v5.channel.k8s.io", "v4.channel.k8s.io"], Scene.Stop)
        );

        error.Code.ShouldBe(418);
        var asked = server.Asked.Single();
        Impersonating(asked).ShouldBe(["impersonate-user: jane", "impersonate-group: a"]);
        (asked.Header("Authorization"), asked.Header("Sec-WebSocket-Protocol")).ShouldBe(
            ("Bearer a-token", "v5.channel.k8s.io, v4.channel.k8s.io")
        );
    }

    [Fact]
    public async Task A_proxy_that_is_named_is_the_only_way()
    {
        await using var server = await RecordedServer.StartAsync(Fine);
        using var connection = Connect(server.Access with { Proxy = new Uri("http://127.0.0.1:1") });

        (await RefusedAsync(connection)).Silence.ShouldBe(Silence.NotSent);
        server.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_token_is_in_nothing_that_comes_out()
    {
        const string Poison = "p0ison-p0ison";
        var log = new RecordedLog();
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(log).SetMinimumLevel(LogLevel.Trace));
        await using var server = await RecordedServer.StartAsync(
            Unauthorized,
            Unauthorized,
            Recording.CutOff("POST", "/x?secret=" + Poison)
        );
        var access = server.Access with { Token = null, KeyPem = Poison, Plugin = Plugin };
        var said = new List<string>
        {
            $"{access} {access.Plugin} {Token(Poison)} {new Credential(Poison, null, Poison)}",
        };
        using var connection = Connect(access, (_, _, _) => Task.FromResult(Token(Poison)), loggers);
        using var failing = Connect(access, (_, _, _) => Task.FromResult(new PluginOutput(1, Poison, "no")), loggers);

        said.Add((await RefusedAsync(connection)).ToString());
        said.Add((await RefusedAsync(failing)).ToString());
        var post = new ApiCall(HttpMethod.Post, "/x?secret=" + Poison) { Body = Poison };
        said.Add((await Should.ThrowAsync<ApiException>(connection.SendAsync(post, Scene.Stop))).ToString());
        said.Add($"{post} {ApiCall.Get("/x")}");

        log.Lines.ShouldNotBeEmpty();
        said.Concat(log.Lines).ShouldAllBe(line => !line.Contains(Poison));
        Tokens(server).ShouldContain(Poison);
    }

    public void Dispose() => _files.Dispose();

    private ClusterConnection Connect(
        ClusterAccess access,
        PluginRunner? plugins = null,
        ILoggerFactory? loggers = null
    ) =>
        new(
            "infra",
            access,
            new(access, plugins ?? Scene.NoPlugins, new Redactor(), _clock),
            identity: null,
            new() { RetryFor = TimeSpan.Zero },
            _clock,
            (loggers ?? Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance).CreateLogger("test")
        );

    private static Task<ApiException> RefusedAsync(ClusterConnection connection) =>
        Should.ThrowAsync<ApiException>(connection.SendAsync(ApiCall.Get("/x"), Scene.Stop));

    private static IEnumerable<string> Tokens(RecordedServer server) =>
        server.Asked.Select(request => request.Header("Authorization")!["Bearer ".Length..]);

    private static IEnumerable<string> Impersonating(RecordedRequest request) =>
        request
            .Headers.Where(header => header.Name.StartsWith("Impersonate", StringComparison.OrdinalIgnoreCase))
            .Select(header => $"{header.Name.ToLowerInvariant()}: {header.Value}");

    private static string Answer(string status) =>
        $$"""{"kind":"ExecCredential","apiVersion":"{{Version}}","status":{{status}}}""";

    private static PluginOutput Token(string token, DateTimeOffset? until = null) =>
        new(0, Answer(JsonSerializer.Serialize(new { token, expirationTimestamp = until })), "");

    private static PluginOutput Pair(string clientCertificateData, string clientKeyData) =>
        new(0, Answer(JsonSerializer.Serialize(new { clientCertificateData, clientKeyData })), "");
}
