using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PlatformBot.Sandbox.Kubernetes.Fields;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>
/// The description of the API that kubectl reads before it applies: which objects can be patched, with which parameters. It
/// has no schemas; whoever misses them leaves the checking to the server, as kubectl does for kinds that it does not find.
/// </summary>
internal static class OpenApi
{
    private const string Extension = "x-kubernetes-group-version-kind";

    private static readonly string[] PatchParameters = ["dryRun", "fieldManager", "fieldValidation", "force"];

    /// <summary>The answer; null when the path is none of this.</summary>
    public static ApiAnswer? Answer(HttpRequest request, TwinCluster cluster)
    {
        var path = request.Path.Value!.TrimEnd('/');

        return (request.Method, path) switch
        {
            ("GET", "/openapi/v2") when AsksProtobuf(request) => Protobuf(cluster),
            ("GET", "/openapi/v2") => ApiAnswer.Json(Version2(cluster)),
            ("GET", "/openapi/v3") => ApiAnswer.Json(Index(cluster)) with { ContentType = "text/plain; charset=utf-8" },
            ("GET", _) when path.StartsWith("/openapi/v3/", StringComparison.Ordinal) => Version3(
                cluster,
                path["/openapi/v3/".Length..]
            ),
            _ => null,
        };
    }

    private static bool AsksProtobuf(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains("protobuf", StringComparison.Ordinal);

    private static JsonObject Index(TwinCluster cluster) =>
        new()
        {
            ["paths"] = new JsonObject(
                Groups(cluster)
                    .Select(group =>
                        KeyValuePair.Create(
                            group.Key,
                            (JsonNode?)
                                new JsonObject
                                {
                                    ["serverRelativeURL"] = $"/openapi/v3/{group.Key}?hash={Hash(Document3(group))}",
                                }
                        )
                    )
            ),
        };

    private static ApiAnswer? Version3(TwinCluster cluster, string place) =>
        Groups(cluster).FirstOrDefault(group => group.Key == place) is { } found
            ? ApiAnswer.Json(Document3(found))
            : null;

    private static JsonObject Document3(IEnumerable<Resource> resources) =>
        new()
        {
            ["openapi"] = "3.0.0",
            ["info"] = Info(),
            ["paths"] = Paths(resources, name => new JsonObject { ["type"] = "string", ["uniqueItems"] = true }),
            ["components"] = new JsonObject { ["schemas"] = new JsonObject() },
        };

    private static JsonObject Version2(TwinCluster cluster) =>
        new()
        {
            ["swagger"] = "2.0",
            ["info"] = Info(),
            ["paths"] = Paths(ResourceTable.Of(cluster), schema: null),
            ["definitions"] = new JsonObject(),
        };

    private static JsonObject Paths(IEnumerable<Resource> resources, Func<string, JsonObject>? schema) =>
        new(
            resources.Select(resource =>
                KeyValuePair.Create(
                    PathOf(resource),
                    (JsonNode?)
                        new JsonObject
                        {
                            ["patch"] = new JsonObject
                            {
                                ["parameters"] = new JsonArray([
                                    .. PatchParameters.Select(name => Parameter(name, schema)),
                                ]),
                                [Extension] = KindOf(resource),
                            },
                        }
                )
            )
        );

    private static JsonObject Parameter(string name, Func<string, JsonObject>? schema)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = "query" };

        if (schema is null)
            parameter["type"] = "string";
        else
            parameter["schema"] = schema(name);

        return parameter;
    }

    // The fields' numbers are those of gnostic's OpenAPIv2.proto, in which kubectl below 1.28 asks for the description.
    private static ApiAnswer Protobuf(TwinCluster cluster)
    {
        var info = Info();
        var paths = new ProtobufWriter();

        foreach (var resource in ResourceTable.Of(cluster))
        {
            paths.Add(
                2,
                new ProtobufWriter().Add(1, PathOf(resource)).Add(2, new ProtobufWriter().Add(8, Patch(resource)))
            );
        }

        var document = new ProtobufWriter()
            .Add(1, "2.0")
            .Add(2, new ProtobufWriter().Add(1, info.Text("title")).Add(2, info.Text("version")))
            .Add(8, paths);
        return ApiAnswer.Bytes(document.ToArray(), "application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
    }

    private static ProtobufWriter Patch(Resource resource)
    {
        var operation = new ProtobufWriter();

        foreach (var name in PatchParameters)
        {
            var query = new ProtobufWriter().Add(2, "query").Add(4, name).Add(6, "string");
            operation.Add(
                8,
                new ProtobufWriter().Add(1, new ProtobufWriter().Add(2, new ProtobufWriter().Add(3, query)))
            );
        }

        var kind = new ProtobufWriter().Add(2, JsonText.Compact(KindOf(resource)));
        return operation.Add(13, new ProtobufWriter().Add(1, Extension).Add(2, kind));
    }

    private static IEnumerable<IGrouping<string, Resource>> Groups(TwinCluster cluster) =>
        ResourceTable
            .Of(cluster)
            .GroupBy(resource =>
                resource.Group.Length == 0 ? $"api/{resource.Version}" : $"apis/{resource.ApiVersion}"
            );

    private static string PathOf(Resource resource)
    {
        var root = resource.Group.Length == 0 ? $"/api/{resource.Version}" : $"/apis/{resource.ApiVersion}";
        return $"{root}{(resource.Namespaced ? "/namespaces/{namespace}" : "")}/{resource.Plural}/{{name}}";
    }

    private static JsonObject KindOf(Resource resource) =>
        new()
        {
            ["group"] = resource.Group,
            ["kind"] = resource.Kind,
            ["version"] = resource.Version,
        };

    /// <summary>Schemas do not change with the versions that the twin can have.</summary>
    private const string TwinVersion = "1.34.1";

    private static JsonObject Info() =>
        new() { ["title"] = "Kubernetes", ["version"] = Discovery.Version(TwinVersion).Text("gitVersion") };

    private static string Hash(JsonObject json) =>
        Convert.ToHexString(SHA512.HashData(Encoding.UTF8.GetBytes(JsonText.Compact(json))));
}
