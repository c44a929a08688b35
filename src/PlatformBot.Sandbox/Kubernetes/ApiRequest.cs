using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>A request to a resource, its address taken apart.</summary>
/// <param name="Namespace">"" = cluster scope, or all namespaces.</param>
/// <param name="Name">"" = the collection.</param>
/// <param name="Subresource">"" = the object itself.</param>
/// <param name="Rest">What follows the subresource, for proxies: "/api/v1/query".</param>
internal sealed record ApiRequest(
    HttpContext Http,
    TwinCluster Cluster,
    Resource Resource,
    string Namespace,
    string Name,
    string Subresource,
    string Rest
)
{
    public string Verb => Http.Request.Method;

    public string Query(string name) => Http.Request.Query[name].ToString();

    public bool IsSet(string name) => Query(name) is "1" or "true" or "True";

    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>Who writes: the named manager, or the first word of the User-Agent.</summary>
    public WriteOptions WriteOptions(bool apply = false)
    {
        var manager = Query("fieldManager");

        if (manager.Length == 0 && !apply)
        {
            manager = Http.Request.Headers.UserAgent.ToString().Split('/')[0] is { Length: > 0 } agent
                ? agent
                : "unknown";
        }

        return new WriteOptions(manager)
        {
            Subresource = Subresource is "status" or "scale" ? Subresource : "",
            Force = IsSet("force"),
            DryRun = DryRun(),
        };
    }

    /// <summary>Strict, Warn or Ignore.</summary>
    public string Strictness()
    {
        var asked = Query("fieldValidation");

        return asked switch
        {
            "" => "Warn",
            "Strict" or "Warn" or "Ignore" => asked,
            _ => throw Refusals.InvalidOptions(
                "CreateOptions",
                new FieldMistake(
                    "fieldValidation",
                    $"Unsupported value: \"{asked}\": supported values: \"Ignore\", \"Warn\", \"Strict\"",
                    "FieldValueNotSupported"
                )
            ),
        };
    }

    public async Task<string> BodyAsync()
    {
        using var reader = new StreamReader(Http.Request.Body, Encoding.UTF8);
        return await reader.ReadToEndAsync(Aborted);
    }

    /// <summary>The body as one object, JSON or (where the type says so, or it is no JSON) YAML.</summary>
    public async Task<JsonObject> ObjectAsync()
    {
        var body = await BodyAsync();

        if (body.Length == 0)
            throw Refusals.BadRequest("the object provided is unrecognized (must be of type " + Resource.Kind + ")");

        return body.TrimStart().StartsWith('{') ? ReadJson(body) : ManifestYaml.ReadFirst(body);
    }

    public static JsonObject ReadJson(string body)
    {
        try
        {
            return JsonNode.Parse(body)!.AsObject().Copy();
        }
        catch (Exception mistake) when (mistake is JsonException or InvalidOperationException or ArgumentException)
        {
            throw Refusals.BadRequest($"error decoding the body: {mistake.Message}");
        }
    }

    private bool DryRun() =>
        Query("dryRun") switch
        {
            "" => false,
            "All" => true,
            var other => throw Refusals.InvalidOptions(
                Verb == "PATCH" ? "PatchOptions" : "CreateOptions",
                new FieldMistake(
                    "dryRun",
                    $"Unsupported value: \"{other}\": supported values: \"All\"",
                    "FieldValueNotSupported"
                )
            ),
        };
}
