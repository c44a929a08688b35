using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>Reading one object or a page of a collection.</summary>
internal static class Lists
{
    public static JsonObject Get(ApiRequest request)
    {
        var key = KubeRegistry.KeyOf(request.Resource, request.Namespace, request.Name);
        var found = request.Cluster.Objects.View(key) ?? throw Refusals.NotFound(request.Resource, request.Name);
        return KubeRegistry.Present(found, request.Resource);
    }

    /// <summary>A page: everything without a limit. A continue token names the last key of the page before.</summary>
    public static JsonObject List(ApiRequest request)
    {
        var version = request.Cluster.Objects.Version;
        var token = Token.Read(request.Query("continue"));
        CheckAge(token, request);
        var all = Selected(request).Where(json => token is null || token.IsBefore(json)).ToList();
        var limit = int.TryParse(request.Query("limit"), out var asked) && asked > 0 ? asked : int.MaxValue;
        var page = all.Take(limit).ToList();
        var metadata = new JsonObject { ["resourceVersion"] = $"{Snapshot(token) ?? version}" };

        if (page.Count < all.Count)
        {
            metadata["continue"] = new Token(
                Snapshot(token) ?? version,
                page[^1].Namespace(),
                page[^1].Name()
            ).ToText();
            metadata["remainingItemCount"] = all.Count - page.Count;
        }

        return new JsonObject
        {
            ["kind"] = $"{request.Resource.Kind}List",
            ["apiVersion"] = request.Resource.ApiVersion,
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. page.Select(json => Item(json, request.Resource))]),
        };
    }

    // A token of version -1 goes on without the snapshot that has been forgotten.
    private static void CheckAge(Token? token, ApiRequest request)
    {
        if (token is null or { Version: < 0 } || request.Cluster.Objects.Since(token.Version) is not null)
            return;

        throw new StatusException(410, "Expired", TokenExpired) { Continue = (token with { Version = -1 }).ToText() };
    }

    public static IEnumerable<JsonObject> Selected(ApiRequest request)
    {
        var selectors = new Selectors(request.Resource, request.Query("labelSelector"), request.Query("fieldSelector"));
        var scope = request.Namespace.Length == 0 ? null : request.Namespace;
        return request
            .Cluster.Objects.View(request.Resource.StorageApiVersion, request.Resource.Kind, scope)
            .Where(selectors.Match);
    }

    // Items of built-in kinds do not say what they are; those of custom kinds do.
    private static JsonObject Item(JsonObject json, Resource resource)
    {
        var item = KubeRegistry.Present(json, resource).Copy();

        if (!resource.Custom)
        {
            item.Remove("kind");
            item.Remove("apiVersion");
        }

        return item;
    }

    private static long? Snapshot(Token? token) => token is { Version: > 0 } ? token.Version : null;

    private const string TokenExpired =
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without"
        + " the continue parameter, or use the continue token in this response to retrieve the remainder of the results."
        + " Continuing with the provided token results in an inconsistent list - objects that were created, modified, or"
        + " deleted between the time the first chunk was returned and now may show up in the list.";

    private sealed record Token(long Version, string Namespace, string Name)
    {
        public bool IsBefore(JsonObject json)
        {
            var order = string.CompareOrdinal(Namespace, json.Namespace());
            return order < 0 || (order == 0 && string.CompareOrdinal(Name, json.Name()) < 0);
        }

        public string ToText() =>
            Convert
                .ToBase64String(
                    Encoding.UTF8.GetBytes(
                        new JsonObject
                        {
                            ["v"] = "meta.k8s.io/v1",
                            ["rv"] = Version,
                            ["start"] = $"{Namespace}/{Name}\0",
                        }.ToJsonString()
                    )
                )
                .TrimEnd('=');

        public static Token? Read(string text)
        {
            if (text.Length == 0)
                return null;

            try
            {
                var json = JsonNode.Parse(Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '=')));
                var start = json.Text("start").TrimEnd('\0').Split('/', 2);
                return new Token(json.Whole("rv") ?? 0, start[0], start[1]);
            }
            catch (Exception mistake) when (mistake is FormatException or JsonException or IndexOutOfRangeException)
            {
                throw Refusals.BadRequest($"invalid continue token: continue key is not valid: {mistake.Message}");
            }
        }
    }
}
