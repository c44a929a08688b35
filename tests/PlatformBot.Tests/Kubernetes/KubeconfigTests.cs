using PlatformBot.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

public sealed class KubeconfigTests : IDisposable
{
    private const string Server = "server: 'https://h:6443', certificate-authority-data: {ca}";
    private const string Plugin =
        "apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: get-token";

    private readonly ClientFiles _files = new();

    // csharpier-ignore-start - a table
    public static TheoryData<string, string, string, string, string> Refused => new()
    {
        // the rule                                  cluster                                                user                          context                what is said
        { "context without a cluster",               Server,                                                "token: t",                   "user: u",             "the context x in {file} names no cluster." },
        { "context without a user",                  Server,                                                "token: t",                   "cluster: c",          "the context x in {file} names no user." },
        { "context names a missing cluster",         Server,                                                "token: t",                   "cluster: d, user: u", "the context x in {file} names the cluster d, which is in none of the client configurations." },
        { "context names a missing user",            Server,                                                "token: t",                   "cluster: c, user: v", "the context x in {file} names the user v, which is in none of the client configurations." },
        { "no server",                               "certificate-authority-data: {ca}",                    "token: t",                   Both,                  "the cluster c in {file} has no server." },
        { "server without scheme",                   "server: 'h:6443'",                                    "token: t",                   Both,                  "The server of the cluster c in {file} is no https address: h:6443." },
        { "server http://",                          "server: 'http://h:6443'",                             "token: t",                   Both,                  "The server of the cluster c in {file} is an http address, over which everybody could read the credentials." },
        { "server with a password in it",            "server: 'https://u:p0ison-p0ison@h'",                 "token: t",                   Both,                  "The server of the cluster c in {file} holds more than host, port and path." },
        { "CA file and data both",                   Server + ", certificate-authority: ca.crt",            "token: t",                   Both,                  "the cluster c in {file} has both certificate-authority and certificate-authority-data." },
        { "CA file missing",                         "server: 'https://h', certificate-authority: no.crt",  "token: t",                   Both,                  "The certificate-authority of the cluster c in {file} cannot be read: {folder}/no.crt (FileNotFoundException)." },
        { "CA data that is not base64",              "server: 'https://h', certificate-authority-data: '%'","token: t",                   Both,                  "The certificate-authority-data of the cluster c in {file} is not base64." },
        { "CA data that is no certificate",          "server: 'https://h', certificate-authority-data: QUI=","token: t",                  Both,                  "The certificate-authority of the cluster c in {file} holds no certificate." },
        { "insecure with a CA",                      Server + ", insecure-skip-tls-verify: true",           "token: t",                   Both,                  "the cluster c in {file} has both a certificate-authority and insecure-skip-tls-verify." },
        { "insecure alone, not allowed",             "server: 'https://h', insecure-skip-tls-verify: true", "token: t",                   Both,                  "the cluster c in {file} skips TLS verification; the bot must know whom it talks to." },
        { "proxy-url with an unknown scheme",        Server + ", proxy-url: 'ftp://x'",                     "token: t",                   Both,                  "The proxy-url of the cluster c in {file} is none that can be used." },
        { "user without credentials",                Server,                                                "",                           Both,                  "the user u in {file} has no credentials." },
        { "client certificate without its key",      Server,                                                "client-certificate-data: {cert}",                   Both, "the user u in {file} has a client-certificate and no client-key." },
        { "client key without its certificate",      Server,                                                "client-key-data: {key}",                            Both, "the user u in {file} has a client-key and no client-certificate." },
        { "client certificate twice",                Server,                                                "client-certificate-data: {cert}, client-certificate: admin.crt, client-key: admin.key", Both, "the user u in {file} has both client-certificate and client-certificate-data." },
        { "client key twice",                        Server,                                                "client-certificate-data: {cert}, client-key-data: {key}, client-key: admin.key",        Both, "the user u in {file} has both client-key and client-key-data." },
        { "client certificate and a CA as its key",  Server,                                                "client-certificate-data: {cert}, client-key-data: {ca}", Both, "The client-certificate of the user u in {file} and its client-key do not belong together, or are not PEM." },
        { "username and password",                   Server,                                                "username: a, password: p0ison-p0ison",              Both, "the user u in {file} has username, which API servers do not take any more." },
        { "auth-provider",                           Server,                                                "token: t, auth-provider: { name: gcp }",            Both, "the user u in {file} has auth-provider, which API servers do not take any more." },
        { "groups without a person",                 Server,                                                "token: t, as-groups: [a]",                          Both, "the user u in {file} has as-groups and does not say as whom." },
        { "more groups than can be sent",            Server,                                                "token: t, as: jane, as-groups: [a, b]",             Both, "the user u in {file} acts for somebody with more than one group, or more than one value of an extra, which the bot cannot send." },
        { "plugin without a command",                Server,                                                "exec: { apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never }", Both, "exec of the user u in {file} has no command." },
        { "plugin of an old version",                Server,                                                "exec: { apiVersion: client.authentication.k8s.io/v1alpha1, command: get-token }", Both, "exec of the user u in {file} asks for the version 'client.authentication.k8s.io/v1alpha1'." },
        { "plugin v1 without interactiveMode",       Server,                                                "exec: { apiVersion: client.authentication.k8s.io/v1, command: get-token }", Both, "exec of the user u in {file} does not say how it asks people (interactiveMode)." },
        { "plugin that always asks",                 Server,                                                "exec: { apiVersion: client.authentication.k8s.io/v1beta1, interactiveMode: Always, command: get-token }", Both, "exec of the user u in {file} always asks a person, and nobody sits before a bot." },
        { "plugin that is not allowed",              Server,                                                $"exec: {{ {Plugin} }}".Replace("get-token", "./get-token"), Both, "exec of the user u in {file} starts {folder}/get-token, and a configuration file does not decide what runs here." },
    };
    // csharpier-ignore-end

    private const string Both = "cluster: c, user: u";

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_wrong_is_said_with_its_file_its_entry_and_a_cure(
        string rule,
        string cluster,
        string user,
        string context,
        string said
    )
    {
        var file = _files.WriteConfig(cluster, user, context);

        _files.Find(Options(file)).Ok(out _, out var refusal).ShouldBeFalse(rule);

        refusal!.Reason.ShouldBe(said.Replace("{file}", file).Replace("{folder}", _files.Folder), rule);
        refusal.Hint.ShouldNotBeEmpty();
        $"{refusal}".ShouldNotContain("p0ison");
    }

    [Fact]
    public void The_first_file_wins_entry_by_entry_and_nothing_is_put_together()
    {
        var first = _files.WriteConfig("server: 'https://first'", "token: first", name: "first");
        var second = _files.WriteConfig(
            "server: 'https://second', certificate-authority-data: {ca}",
            "token: t",
            name: "second"
        );
        var more = _files.Write("more", "contexts: [{ name: y, context: { cluster: c, user: u, namespace: ns } }]\n");

        var access = Read(Options(_files.PathOf("missing"), first, second, more), "y");

        (access.Server.Host, access.CaPem, access.Token, access.Namespace).ShouldBe(("first", null, "first", "ns"));
    }

    [Fact]
    public void An_empty_file_is_fine_and_json_is_yaml()
    {
        var empty = _files.Write("empty", "");
        var json = _files.Write(
            "json",
            """
            {"clusters":[{"name":"c","cluster":{"server":"https://h/prefix/","unknown":1}}],
             "users":[{"name":"u","user":{"token":"t"}}],
             "contexts":[{"name":"x","context":{"cluster":"c","user":"u"}}]}
            """
        );

        var access = Read(Options(empty, json), "x");

        (access.Server.AbsoluteUri, access.Namespace).ShouldBe(("https://h/prefix/", "default"));
    }

    [Theory]
    [InlineData("clusters: [", "cannot be read (SemanticErrorException)")]
    [InlineData("p0ison-p0ison", "cannot be read (it holds no clusters, users and contexts)")]
    [InlineData(
        "users: [{ name: u, user: { token: p0ison-p0ison } }, { name: u, user: { token: b } }]",
        "has the user u twice"
    )]
    public void A_file_that_cannot_be_read_is_named_and_never_quoted(string content, string said)
    {
        var good = _files.WriteConfig(Server, "token: t");
        var bad = _files.Write("bad", content);

        _files.Find(Options(good, bad)).Ok(out _, out var refusal).ShouldBeFalse();

        refusal!.Reason.ShouldStartWith($"The client configuration {bad} ");
        refusal.Reason.ShouldContain(said);
        $"{refusal}".ShouldNotContain("p0ison");
    }

    [Fact]
    public void Files_are_found_from_where_they_are_named_and_base64_may_be_folded()
    {
        var folded = string.Join("\n        ", _files.Authority.Chunk(60).Select(line => new string(line)));
        var file = _files.Write(
            "config",
            $$"""
            clusters:
            - name: c
              cluster:
                server: https://h
                certificate-authority-data: |
                    {{folded}}
                tls-server-name: kubernetes
                proxy-url: socks5://proxy:1080
            users: [{ name: u, user: { tokenFile: token, token: t, client-certificate: admin.crt, client-key: ./admin.key } }]
            contexts: [{ name: x, context: { cluster: c, user: u } }]
            """
        );

        var access = Read(Options(file), "x");

        access.CaPem!.ShouldStartWith("-----BEGIN CERTIFICATE-----");
        (access.TokenFile, access.CertificatePem, access.KeyPem).ShouldBe(
            (_files.PathOf("token"), _files.Certificate, _files.Key)
        );
        (access.ServerName, access.Proxy).ShouldBe(("kubernetes", new Uri("socks5://proxy:1080")));
    }

    [Fact]
    public void Skipping_verification_must_be_allowed_by_the_settings()
    {
        var file = _files.WriteConfig("server: 'https://h', insecure-skip-tls-verify: true", "token: t");

        Read(Options(file) with { Insecure = ["x"] }, "x").Insecure.ShouldBeTrue();
        _files.Find(Options(file) with { Insecure = ["y"] }).Ok(out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void Somebody_else_is_a_name_a_group_a_uid_and_extras()
    {
        var file = _files.WriteConfig(
            Server,
            "token: t, as: jane, as-groups: [dev], as-uid: '7', as-user-extra: { Reason: [x], none: [] }"
        );

        var person = Read(Options(file), "x").As!;

        (person.User, person.Group, person.Uid).ShouldBe(("jane", "dev", "7"));
        person.Extra.ShouldBe(new Dictionary<string, string> { ["Reason"] = "x" });
    }

    [Fact]
    public void A_program_is_only_for_who_has_nothing_else_and_v1beta1_does_not_ask()
    {
        var beta =
            "exec: { apiVersion: client.authentication.k8s.io/v1beta1, command: get-token, args: [a, b], env: [{ name: N, value: v }], provideClusterInfo: true }";
        var alone = Read(Options(_files.WriteConfig(Server, beta)) with { ExecPlugins = ["get-token"] }, "x").Plugin!;
        var beside = Read(Options(_files.WriteConfig(Server, $"token: t, {beta}")), "x");

        (alone.Command, alone.ProvideClusterInfo).ShouldBe(("get-token", true));
        alone.Arguments.ShouldBe(["a", "b"]);
        alone.Environment.ShouldBe(new Dictionary<string, string> { ["N"] = "v" });
        (beside.Token, beside.Plugin).ShouldBe(("t", null));
    }

    [Fact]
    public void A_context_that_is_not_there_says_which_are()
    {
        var file = _files.WriteConfig(Server, "token: t");

        _files.Find(Options(file), "infra").Ok(out _, out var refusal).ShouldBeFalse();

        (refusal!.Reason, refusal.Hint).ShouldBe(("There is no client configuration for infra yet.", "Contexts: x."));
    }

    [Fact]
    public void In_a_pod_its_service_account_is_enough()
    {
        _files.Write("namespace", "platform\n");
        var seen = new HashSet<string>();

        InCluster.Read(_files.Folder, "fd00::1", "443", seen).Ok(out var access, out _).ShouldBeTrue();

        access!.Server.AbsoluteUri.ShouldBe("https://[fd00::1]/");
        (access.TokenFile, access.Namespace).ShouldBe((_files.PathOf("token"), "platform"));
        seen.ShouldBe([_files.PathOf("ca.crt")]);
    }

    [Theory]
    [InlineData(null, "443", "token", "does not run in a pod")]
    [InlineData("10.0.0.1", "x", "token", "does not run in a pod")]
    [InlineData("10.0.0.1", "443", "token", "has no token")]
    [InlineData("10.0.0.1", "443", "ca.crt", "has no ca.crt")]
    public void Outside_of_a_pod_there_is_no_service_account(string? host, string port, string missing, string said)
    {
        File.Delete(_files.PathOf(missing));

        InCluster.Read(_files.Folder, host, port, []).Ok(out _, out var refusal).ShouldBeFalse();

        refusal!.Reason.ShouldContain(said);
        refusal.Hint.ShouldContain("Kubernetes:InCluster");
    }

    public void Dispose() => _files.Dispose();

    private static KubernetesOptions Options(params string[] files) => new() { Kubeconfig = files };

    private ClusterAccess Read(KubernetesOptions options, string context)
    {
        _files.Find(options, context).Ok(out var access, out var refusal).ShouldBeTrue(refusal?.Reason);
        return access!;
    }
}
