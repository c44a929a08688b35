using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>One request's way: is the API up, who asks, what for.</summary>
internal sealed class ApiPipeline(
    TwinCluster cluster,
    string token,
    ClusterAuthority authority,
    ApiConditions conditions
)
{
    private static readonly string[] Checks =
    [
        "ping",
        "log",
        "etcd",
        "informer-sync",
        "poststarthook/start-apiextensions-controllers",
        "poststarthook/crd-informer-synced",
    ];

    private readonly ResourceHandler _resources = new(new KubeRegistry(cluster));

    public async Task HandleAsync(HttpContext http)
    {
        if (!cluster.ApiIsUp)
        {
            http.Abort();
            return;
        }

        conditions.Arrive(http);

        try
        {
            http.Response.Headers["Audit-Id"] = Guid.NewGuid().ToString();
            var answer = await AnswerAsync(http);

            if (!answer.Sent)
                await answer.WriteAsync(http.Response, http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; there is nobody to answer.
        }
    }

    private async Task<ApiAnswer> AnswerAsync(HttpContext http)
    {
        try
        {
            return Health(http.Request) ?? await AuthenticatedAsync(http);
        }
        catch (StatusException refusal)
        {
            return ApiAnswer.Json(refusal.ToStatus(), refusal.Code);
        }
    }

    private async Task<ApiAnswer> AuthenticatedAsync(HttpContext http)
    {
        await AuthenticateAsync(http);
        conditions.CheckToken();

        if (conditions.Crowd(http.Response) is { } crowded)
            return crowded;

        if (Discover(http.Request) is { } discovered)
            return discovered;

        if (OpenApi.Answer(http.Request, cluster) is { } described)
            return described;

        if (Reviews.Is(http.Request))
            return await Reviews.AnswerAsync(http.Request, http.RequestAborted);

        return ApiPath.Read(http, cluster) is { } request
            ? await _resources.HandleAsync(request)
            : ApiAnswer.Plain("404 page not found\n", 404);
    }

    private async Task AuthenticateAsync(HttpContext http)
    {
        var given = http.Request.Headers.Authorization.ToString();
        var certificate =
            given.Length == 0 ? await http.Connection.GetClientCertificateAsync(http.RequestAborted) : null;

        if (given == $"Bearer {token}" || (certificate is not null && authority.Signed(certificate)))
            return;

        if (given.Length > 0 || certificate is not null)
            throw new StatusException(401, "Unauthorized", "Unauthorized");

        throw new StatusException(403, "Forbidden", Anonymous(http), []);
    }

    private string Anonymous(HttpContext http)
    {
        const string User = "User \"system:anonymous\"";

        if (Discovery.Resources(cluster, "", "v1") is null || !IsResourcePath(http.Request))
            return $"forbidden: {User} cannot {Verb(http.Request, hasName: true)} path \"{http.Request.Path}\"";

        var request = ApiPath.Read(http, cluster)!;
        var what =
            request.Name.Length > 0 ? $"{request.Resource.FullName} \"{request.Name}\"" : request.Resource.FullName;
        var where = request.Namespace.Length > 0 ? $"in the namespace \"{request.Namespace}\"" : "at the cluster scope";
        return $"{what} is forbidden: {User} cannot {Verb(http.Request, request.Name.Length > 0)} resource"
            + $" \"{request.Resource.Plural}\" in API group \"{request.Resource.Group}\" {where}";
    }

    private bool IsResourcePath(HttpRequest request) => ApiPath.Read(request.HttpContext, cluster) is not null;

    private static string Verb(HttpRequest request, bool hasName) =>
        request.Method switch
        {
            "GET" => hasName ? "get" : "list",
            "POST" => "create",
            "PUT" => "update",
            var method => method.ToLowerInvariant(),
        };

    private ApiAnswer? Health(HttpRequest request) =>
        request.Path.Value switch
        {
            "/version" => ApiAnswer.Json(Discovery.Version(cluster.Kubernetes)),
            "/livez" or "/readyz" or "/healthz" when request.Query.ContainsKey("verbose") => ApiAnswer.Plain(
                Verbose(request.Path.Value[1..])
            ),
            "/livez" or "/readyz" or "/healthz" => ApiAnswer.Plain("ok"),
            _ => null,
        };

    private static string Verbose(string check)
    {
        var text = new StringBuilder();

        foreach (var name in Checks)
            text.Append("[+]").Append(name).Append(" ok\n");

        return text.Append(check).Append(" check passed\n").ToString();
    }

    private ApiAnswer? Discover(HttpRequest request)
    {
        var path = request.Path.Value!.Trim('/').Split('/');
        var aggregated = Discovery.AsksAggregated(request.Headers.Accept.ToString());

        return (request.Method, path) switch
        {
            ("GET", ["api"] or ["apis"]) when aggregated => ApiAnswer.Json(
                Discovery.Aggregated(cluster, path[0] == "api")
            ) with
            {
                ContentType = Discovery.AggregatedType,
            },
            ("GET", ["api"]) => ApiAnswer.Json(Discovery.CoreVersions()),
            ("GET", ["apis"]) => ApiAnswer.Json(Discovery.Groups(cluster)),
            ("GET", ["apis", var group]) => Found(Discovery.Group(cluster, group)),
            ("GET", ["api", var version]) => Known(Discovery.Resources(cluster, "", version)),
            ("GET", ["apis", var group, var version]) => ResourceTable.HasGroup(cluster, group)
                ? Known(Discovery.Resources(cluster, group, version))
                : Found(null),
            _ => null,
        };
    }

    private static ApiAnswer Found(JsonNode? json) =>
        json is null ? ApiAnswer.Plain("404 page not found\n", 404) : ApiAnswer.Json(json);

    private static ApiAnswer Known(JsonNode? json) =>
        json is null ? throw Refusals.NoSuchResource() : ApiAnswer.Json(json);
}
