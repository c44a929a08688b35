using System.Text.Json;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes.Fields;
using PlatformBot.Sandbox.Kubernetes.Tables;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>The verbs on collections, objects and their status.</summary>
internal sealed class ResourceHandler(KubeRegistry registry)
{
    public async Task<ApiAnswer> HandleAsync(ApiRequest request)
    {
        if (request.Subresource is not ("" or "status" or "finalize"))
            return await Subresources.HandleAsync(request, registry);

        if (request.Subresource.Length > 0 && !request.Resource.Subresources.Contains(request.Subresource))
            throw Refusals.NoSuchResource();

        return (request.Verb, HasName: request.Name.Length > 0) switch
        {
            ("GET", false) when request.IsSet("watch") => await WatchAsync(request),
            ("GET", false) => ApiAnswer.Json(Representation.Of(request).Many(Lists.List(request))),
            ("GET", true) => ApiAnswer.Json(Representation.Of(request).One(Lists.Get(request))),
            ("POST", false) => await CreateAsync(request),
            ("PUT", true) => await ReplaceAsync(request),
            ("PATCH", true) => await PatchAsync(request),
            ("DELETE", true) when request.Subresource.Length == 0 => ApiAnswer.Json(await Deletes.OneAsync(request)),
            ("DELETE", false) => ApiAnswer.Json(await Deletes.CollectionAsync(request)),
            _ => throw Refusals.MethodNotAllowed(),
        };
    }

    private static async Task<ApiAnswer> WatchAsync(ApiRequest request)
    {
        using var watch = new Watches(request);
        await watch.RunAsync();
        return ApiAnswer.Plain("") with { Sent = true };
    }

    private async Task<ApiAnswer> CreateAsync(ApiRequest request)
    {
        MediaType(request, "application/json", "application/yaml");
        var wanted = await request.ObjectAsync();
        CheckKind(request, wanted);
        var inNamespace = request.Resource.Namespaced ? request.Namespace : "";
        return ApiAnswer.Of(
            registry.Create(request.Resource, inNamespace, wanted, request.WriteOptions(), request.Strictness())
        );
    }

    private async Task<ApiAnswer> ReplaceAsync(ApiRequest request)
    {
        MediaType(request, "application/json", "application/yaml");
        var wanted = await request.ObjectAsync();
        CheckKind(request, wanted);

        // The finalize subresource of namespaces replaces spec.finalizers, which the plain path may, too, here.
        return ApiAnswer.Of(
            registry.Replace(request.Resource, request.Namespace, request.Name, wanted, request.WriteOptions())
        );
    }

    private async Task<ApiAnswer> PatchAsync(ApiRequest request)
    {
        var type = request.Http.Request.ContentType?.Split(';')[0].Trim() ?? "";

        if (type == "application/apply-patch+yaml")
        {
            var wanted = await request.ObjectAsync();
            var options = request.WriteOptions(apply: true);
            request.Strictness();
            return ApiAnswer.Of(registry.Apply(request.Resource, request.Namespace, request.Name, wanted, options));
        }

        var body = await request.BodyAsync();
        var patch = PatchOf(request, type, body);
        return ApiAnswer.Of(
            registry.Patch(request.Resource, request.Namespace, request.Name, patch, request.WriteOptions())
        );
    }

    private static Func<JsonObject, JsonObject> PatchOf(ApiRequest request, string type, string body)
    {
        switch (type)
        {
            case "application/merge-patch+json":
                var merge = ApiRequest.ReadJson(body);
                return json => Merged(json, merge, MergePatch.Plain);
            case "application/strategic-merge-patch+json" when request.Resource.Custom:
                throw new StatusException(415, "UnsupportedMediaType", NoStrategicMerge);
            case "application/strategic-merge-patch+json":
                var strategic = ApiRequest.ReadJson(body);
                return json => Merged(json, strategic, MergePatch.Strategic);
            case "application/json-patch+json":
                var operations = Operations(body);
                return json => Patched(json, operations);
            default:
                throw new StatusException(415, "UnsupportedMediaType", "415: Unsupported Media Type", []);
        }
    }

    private static JsonObject Merged(JsonObject json, JsonObject patch, Action<JsonObject, JsonObject> merge)
    {
        merge(json, patch);
        return json;
    }

    private static JsonObject Patched(JsonObject json, JsonArray operations)
    {
        try
        {
            return JsonPatch.Apply(json, operations);
        }
        catch (FormatException)
        {
            throw new StatusException(
                422,
                "Invalid",
                "the server rejected our request due to an error in our request",
                []
            );
        }
    }

    private static JsonArray Operations(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonArray
                ?? throw Refusals.BadRequest("a JSON patch is a list of operations");
        }
        catch (JsonException mistake)
        {
            throw Refusals.BadRequest($"error decoding patch: {mistake.Message}");
        }
    }

    private static void CheckKind(ApiRequest request, JsonObject wanted)
    {
        var (apiVersion, kind) = ((string?)wanted["apiVersion"], (string?)wanted["kind"]);

        if (
            (kind ?? request.Resource.Kind) == request.Resource.Kind
            && (apiVersion ?? request.Resource.ApiVersion) == request.Resource.ApiVersion
        )
        {
            return;
        }

        throw Refusals.BadRequest(
            $"{kind} in version \"{apiVersion}\" cannot be handled as a {request.Resource.Kind}: no kind \"{kind}\" is"
                + $" registered for version \"{apiVersion}\" in scheme"
        );
    }

    private static void MediaType(ApiRequest request, params ReadOnlySpan<string> accepted)
    {
        var type = request.Http.Request.ContentType?.Split(';')[0].Trim() ?? "";

        if (type.Length > 0 && !accepted.Contains(type))
            throw new StatusException(415, "UnsupportedMediaType", $"415: {NoOtherType}", []);
    }

    private const string NoOtherType =
        "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml";

    private const string NoStrategicMerge =
        "the body of the request was in an unknown format - accepted media types include: application/json-patch+json,"
        + " application/merge-patch+json, application/apply-patch+yaml";
}
