using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>DELETE of one object or of a collection.</summary>
internal static class Deletes
{
    private static readonly string[] Policies = ["Background", "Foreground", "Orphan"];
    private static readonly string[] Undeletable = ["default", "kube-system", "kube-public"];

    /// <summary>A Status when the object is gone, the object itself while something holds it.</summary>
    public static async Task<JsonObject> OneAsync(ApiRequest request)
    {
        var resource = request.Resource;
        var options = await OptionsAsync(request);
        var key = KubeRegistry.KeyOf(resource, request.Namespace, request.Name);
        var found = request.Cluster.Objects.Get(key) ?? throw Refusals.NotFound(resource, request.Name);
        CheckPreconditions(found, options, resource);

        if (resource.Kind == "Namespace" && Undeletable.Contains(request.Name))
            throw Refusals.Forbidden(resource, request.Name, "this namespace may not be deleted");

        if (IsDryRun(request, options))
            return Gone(found, resource);

        var grace = (int?)options.Whole("gracePeriodSeconds") ?? QueryGrace(request);
        var last = Deletion.Begin(request.Cluster, key, PolicyOf(request, options, resource), grace);
        return request.Cluster.Objects.View(key)?.Uid() == found.Uid()
            ? KubeRegistry.Present(last!, resource)
            : Gone(found, resource);
    }

    public static async Task<JsonObject> CollectionAsync(ApiRequest request)
    {
        if (request.Resource.Kind == "Namespace")
            throw Refusals.MethodNotAllowed();

        if (request.Resource.Namespaced && request.Namespace.Length == 0)
            throw Refusals.MethodNotAllowed();

        var options = await OptionsAsync(request);
        var list = Lists.List(request);

        foreach (var json in IsDryRun(request, options) ? [] : Lists.Selected(request).ToList())
            Deletion.Begin(request.Cluster, ObjectKey.Of(json), PolicyOf(request, options, request.Resource));

        return list;
    }

    private static async Task<JsonObject> OptionsAsync(ApiRequest request)
    {
        var body = await request.BodyAsync();
        return body.Trim().Length == 0 ? [] : ApiRequest.ReadJson(body);
    }

    private static void CheckPreconditions(JsonObject found, JsonObject options, Resource resource)
    {
        var uid = options.Text("preconditions", "uid");

        if (uid.Length > 0 && uid != found.Uid())
        {
            throw Precondition(
                resource,
                found,
                $"the UID in the precondition ({uid}) does not match the UID in record ({found.Uid()}). The object might"
                    + " have been deleted and then recreated"
            );
        }

        var version = options.Text("preconditions", "resourceVersion");
        var stored = found.Text("metadata", "resourceVersion");

        if (version.Length > 0 && version != stored)
        {
            throw Precondition(
                resource,
                found,
                $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record"
                    + $" ({stored}). The object might have been modified"
            );
        }
    }

    private static StatusException Precondition(Resource resource, JsonObject found, string why) =>
        new(
            409,
            "Conflict",
            $"Operation cannot be fulfilled on {resource.Kind} \"{found.Name()}\": {why}",
            new() { ["name"] = found.Name(), ["kind"] = resource.Kind }
        );

    private static string PolicyOf(ApiRequest request, JsonObject options, Resource resource)
    {
        var asked = options.Text("propagationPolicy") is { Length: > 0 } given
            ? given
            : request.Query("propagationPolicy");

        // Deleting a Job leaves its pods unless one says otherwise; so it has always been in batch/v1.
        if (asked.Length == 0)
            return resource.Kind == "Job" ? "Orphan" : "Background";

        if (Policies.Contains(asked))
            return asked;

        throw Refusals.InvalidOptions(
            "DeleteOptions",
            new FieldMistake(
                "propagationPolicy",
                $"Unsupported value: \"{asked}\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"",
                "FieldValueNotSupported"
            )
        );
    }

    private static bool IsDryRun(ApiRequest request, JsonObject options) =>
        request.Query("dryRun") == "All" || (options["dryRun"] as JsonArray)?.Any(part => part.Text() == "All") == true;

    private static int? QueryGrace(ApiRequest request) =>
        int.TryParse(request.Query("gracePeriodSeconds"), out var seconds) ? seconds : null;

    private static JsonObject Gone(JsonObject found, Resource resource)
    {
        var details = new JsonObject { ["name"] = found.Name() };

        if (resource.Group.Length > 0)
            details["group"] = resource.Group;

        details["kind"] = resource.Plural;
        details["uid"] = found.Uid();

        return new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        };
    }
}
