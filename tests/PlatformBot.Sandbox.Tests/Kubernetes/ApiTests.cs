using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Kubernetes;

// Codes and texts are those that Kubernetes 1.36 gave when the same requests were recorded.
public class ApiTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task Before_the_control_plane_is_up_connections_are_dropped()
    {
        await using var api = await ApiFixture.StartAsync(up: false);

        await Should.ThrowAsync<HttpRequestException>(() => api.GetAsync("/version"));
        api.Cluster.BringUp();

        (await api.GetAsync("/readyz")).Text.ShouldBe("ok");
    }

    [Theory]
    [InlineData("/apis/nope.example.com/v1", 404, "404 page not found\n")]
    [InlineData("/apis/demo.nothing/v1/namespaces/default/widgets", 404, "404 page not found\n")]
    [InlineData(
        "/apis/apps/v1beta9",
        404,
        """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"the server could not find the requested resource","reason":"NotFound","details":{},"code":404}"""
    )]
    [InlineData(
        "/api/v1/namespaces/default/nodes",
        404,
        """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"the server could not find the requested resource","reason":"NotFound","details":{},"code":404}"""
    )]
    [InlineData(
        "/api/v1/namespaces/default/configmaps/nope",
        404,
        """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"configmaps \"nope\" not found","reason":"NotFound","details":{"name":"nope","kind":"configmaps"},"code":404}"""
    )]
    [InlineData(
        "/api/v1/namespaces/default/configmaps?fieldSelector=data.i%3D1",
        400,
        """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"\"data.i\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"","reason":"BadRequest","code":400}"""
    )]
    public async Task What_is_not_there_is_said_as_kubernetes_says_it(string path, int code, string body)
    {
        await using var api = await ApiFixture.StartAsync();

        var answer = await api.GetAsync(path);

        answer.Code.ShouldBe(code);
        answer.Text.ShouldBe(body);
    }

    [Fact]
    public async Task Nobody_is_forbidden_and_a_wrong_token_is_unauthorized()
    {
        await using var api = await ApiFixture.StartAsync();

        api.Client.DefaultRequestHeaders.Authorization = null;
        var anonymous = await api.GetAsync("/api/v1/namespaces");
        api.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "wrong");
        var wrong = await api.GetAsync("/api/v1/namespaces");

        anonymous.Code.ShouldBe(403);
        ((string?)anonymous.Json["message"]).ShouldBe(
            "namespaces is forbidden: User \"system:anonymous\" cannot list resource \"namespaces\" in API group \"\" at the cluster scope"
        );
        wrong.Code.ShouldBe(401);
    }

    [Fact]
    public async Task The_administrators_certificate_is_as_good_as_the_token()
    {
        await using var api = await ApiFixture.StartAsync();
        var (certificate, key) = api.Server.AdminCertificate();
        using var handler = ApiFixture.Trusting(api.Server.CaPem);
        handler.SslOptions.ClientCertificates =
        [
            System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(certificate, key),
        ];
        using var client = new HttpClient(handler) { BaseAddress = api.Server.Uri };

        var answer = await client.GetAsync(new Uri("/api/v1/namespaces", UriKind.Relative), ApiFixture.Stop);

        ((int)answer.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task A_namespace_must_exist_and_must_not_be_ending()
    {
        await using var api = await ApiFixture.StartAsync();
        const string Map = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"late"}}""";
        await api.PostAsync(
            "/api/v1/namespaces",
            """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"gone"}}"""
        );
        await api.SendAsync("DELETE", "/api/v1/namespaces/gone");

        var missing = await api.PostAsync("/api/v1/namespaces/nope/configmaps", Map);
        var ending = await api.PostAsync("/api/v1/namespaces/gone/configmaps", Map);

        missing.Code.ShouldBe(404);
        ((string?)missing.Json["message"]).ShouldBe("namespaces \"nope\" not found");
        ending.Code.ShouldBe(403);
        ((string?)ending.Json["details"]!["causes"]![0]!["reason"]).ShouldBe("NamespaceTerminating");
    }

    [Fact]
    public async Task A_list_comes_in_pages()
    {
        await using var api = await ApiFixture.StartAsync();

        foreach (var name in new[] { "a", "b", "c" })
            await api.PostAsync(Maps, Map(name));

        var first = await api.GetAsync($"{Maps}?limit=2");
        var token = (string?)first.Json["metadata"]!["continue"];
        var second = await api.GetAsync($"{Maps}?limit=2&continue={token}");

        Names(first).ShouldBe(["a", "b"]);
        ((int?)first.Json["metadata"]!["remainingItemCount"]).ShouldBe(1);
        Names(second).ShouldBe(["c"]);
        second.Json["metadata"]!["continue"].ShouldBeNull();
        first.Json["items"]![0]!["kind"].ShouldBeNull();
    }

    [Theory]
    [InlineData("even=true", "b")]
    [InlineData("even!=true", "a,c")]
    [InlineData("even in (true,maybe)", "b,c")]
    [InlineData("!even", "a")]
    [InlineData("even,even!=maybe", "b")]
    public async Task A_label_selector_selects(string selector, string expected)
    {
        await using var api = await ApiFixture.StartAsync();
        await api.PostAsync(Maps, Map("a"));
        await api.PostAsync(Maps, Map("b", """{"even":"true"}"""));
        await api.PostAsync(Maps, Map("c", """{"even":"maybe"}"""));

        var answer = await api.GetAsync($"{Maps}?labelSelector={Uri.EscapeDataString(selector)}");

        string.Join(',', Names(answer)).ShouldBe(expected);
    }

    [Fact]
    public async Task Deleting_answers_a_status_when_gone_and_the_object_while_held()
    {
        await using var api = await ApiFixture.StartAsync();
        await api.PostAsync(Maps, Map("free"));
        await api.PostAsync(
            Maps,
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"held","finalizers":["x.example/hold"]}}"""
        );

        var gone = await api.SendAsync("DELETE", $"{Maps}/free");
        var held = await api.SendAsync("DELETE", $"{Maps}/held");
        await api.SendAsync(
            "PATCH",
            $"{Maps}/held",
            """{"metadata":{"finalizers":null}}""",
            "application/merge-patch+json"
        );

        ((string?)gone.Json["kind"]).ShouldBe("Status");
        ((string?)gone.Json["status"]).ShouldBe("Success");
        ((string?)held.Json["kind"]).ShouldBe("ConfigMap");
        held.Json["metadata"]!["deletionTimestamp"].ShouldNotBeNull();
        (await api.GetAsync($"{Maps}/held")).Code.ShouldBe(404);
    }

    [Fact]
    public async Task A_delete_for_another_uid_is_refused()
    {
        await using var api = await ApiFixture.StartAsync();
        await api.PostAsync(Maps, Map("pat"));

        var answer = await api.SendAsync(
            "DELETE",
            $"{Maps}/pat",
            """{"preconditions":{"uid":"00000000-0000-0000-0000-000000000000"}}"""
        );

        answer.Code.ShouldBe(409);
        ((string)answer.Json["message"]!).ShouldStartWith(
            "Operation cannot be fulfilled on ConfigMap \"pat\": the UID in the precondition"
        );
    }

    [Fact]
    public async Task Unknown_fields_are_warned_about_or_refused_when_strict()
    {
        await using var api = await ApiFixture.StartAsync();
        const string Deployments = "/apis/apps/v1/namespaces/default/deployments?dryRun=All";
        const string Typo = """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"val"},"spec":{"selector":{"matchLabels":{"a":"b"}},
             "template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"nginx","imag":"typo"}]}}}}
            """;

        var warned = await api.PostAsync(Deployments, Typo);
        var strict = await api.PostAsync($"{Deployments}&fieldValidation=Strict", Typo);

        warned.Code.ShouldBe(201);
        warned.Warnings.ShouldHaveSingleItem().ShouldContain("spec.template.spec.containers[0].imag");
        strict.Code.ShouldBe(400);
        ((string?)strict.Json["message"]).ShouldBe(
            "Deployment in version \"v1\" cannot be handled as a Deployment: strict decoding error: unknown field \"spec.template.spec.containers[0].imag\""
        );
    }

    [Fact]
    public async Task A_stale_replacement_is_a_conflict()
    {
        await using var api = await ApiFixture.StartAsync();
        var made = await api.PostAsync(Maps, Map("crud"));
        await api.SendAsync("PATCH", $"{Maps}/crud", """{"data":{"x":"1"}}""", "application/merge-patch+json");

        var answer = await api.SendAsync("PUT", $"{Maps}/crud", made.Text);

        answer.Code.ShouldBe(409);
        ((string?)answer.Json["message"]).ShouldBe(
            "Operation cannot be fulfilled on configmaps \"crud\": the object has been modified; please apply your changes to the latest version and try again"
        );
    }

    [Fact]
    public async Task A_secrets_texts_are_kept_as_base64()
    {
        await using var api = await ApiFixture.StartAsync();

        var answer = await api.PostAsync(
            "/api/v1/namespaces/default/secrets",
            """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"stringData":{"a":"hello"}}"""
        );

        answer.Json["stringData"].ShouldBeNull();
        ((string?)answer.Json["data"]!["a"]).ShouldBe("aGVsbG8=");
        ((string?)answer.Json["type"]).ShouldBe("Opaque");
    }

    [Fact]
    public async Task A_status_is_written_through_its_subresource_alone()
    {
        await using var api = await ApiFixture.StartAsync();
        api.Cluster.Objects.Put(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Node",
                ["metadata"] = new JsonObject { ["name"] = "n" },
            }
        );
        const string Patch = """{"status":{"phase":"here"}}""";

        await api.SendAsync("PATCH", "/api/v1/nodes/n", Patch, "application/merge-patch+json");
        var before = await api.GetAsync("/api/v1/nodes/n");
        await api.SendAsync("PATCH", "/api/v1/nodes/n/status", Patch, "application/merge-patch+json");
        var after = await api.GetAsync("/api/v1/nodes/n");

        before.Json["status"].ShouldBeNull();
        ((string?)after.Json["status"]!["phase"]).ShouldBe("here");
    }

    [Fact]
    public async Task Services_answer_through_the_proxy()
    {
        await using var api = await ApiFixture.StartAsync();
        api.Cluster.ServiceProxy = request =>
            request.Service == "kubernetes"
                ? new ServiceAnswer(200, "text/plain", $"{request.Port} {request.PathAndQuery}")
                : null;

        var answer = await api.GetAsync(
            "/api/v1/namespaces/default/services/kubernetes:443/proxy/api/v1/query?query=up"
        );

        answer.Text.ShouldBe("443 /api/v1/query?query=up");
    }

    [Theory]
    [InlineData("/api")]
    [InlineData("/apis")]
    public async Task Discovery_comes_in_one_answer_for_those_who_ask(string path)
    {
        await using var api = await ApiFixture.StartAsync();
        api.Client.DefaultRequestHeaders.Accept.ParseAdd(
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
        );

        var answer = await api.GetAsync(path);

        ((string?)answer.Json["kind"]).ShouldBe("APIGroupDiscoveryList");
        answer.Json["items"]!.AsArray().Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_kubeconfig_leads_to_the_cluster()
    {
        await using var api = await ApiFixture.StartAsync();

        var text = api.Server.Kubeconfig("admin@infra");

        text.ShouldContain("current-context: admin@infra");
        text.ShouldContain($"server: {api.Server.Uri.GetLeftPart(UriPartial.Authority)}\n");
        text.ShouldContain($"token: {api.Server.Token}");
    }

    private static string Map(string name, string labels = "{}") =>
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","labels":{{{labels}}} } }""";

    private static IEnumerable<string?> Names(Answer list) =>
        list.Json["items"]!.AsArray().Select(item => (string?)item!["metadata"]!["name"]);
}
