using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>The API server's noes, in its words (recorded from Kubernetes 1.36).</summary>
internal static class Refusals
{
    public static StatusException BadRequest(string message) => new(400, "BadRequest", message);

    public static StatusException NoSuchResource() =>
        new(404, "NotFound", "the server could not find the requested resource", []);

    public static StatusException MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    public static StatusException NotFound(Resource resource, string name) =>
        new(404, "NotFound", $"{resource.FullName} \"{name}\" not found", Details(resource, name));

    public static StatusException NoNamespace(string name) =>
        new(404, "NotFound", $"namespaces \"{name}\" not found", new() { ["name"] = name, ["kind"] = "namespaces" });

    public static StatusException AlreadyExists(Resource resource, string name) =>
        new(409, "AlreadyExists", $"{resource.FullName} \"{name}\" already exists", Details(resource, name));

    public static StatusException Modified(Resource resource, string name) =>
        CannotBeFulfilled(
            resource,
            name,
            "the object has been modified; please apply your changes to the latest version and try again"
        );

    public static StatusException CannotBeFulfilled(Resource resource, string name, string why) =>
        new(
            409,
            "Conflict",
            $"Operation cannot be fulfilled on {resource.FullName} \"{name}\": {why}",
            Details(resource, name)
        );

    public static StatusException Forbidden(Resource resource, string name, string why, JsonArray? causes = null)
    {
        var details = Details(resource, name);

        if (causes is not null)
            details["causes"] = causes;

        return new(403, "Forbidden", $"{resource.FullName} \"{name}\" is forbidden: {why}", details);
    }

    /// <summary>422 with one cause per mistake.</summary>
    public static StatusException Invalid(Resource resource, string name, params IReadOnlyList<FieldMistake> mistakes)
    {
        var texts = mistakes.Select(mistake => $"{mistake.Field}: {mistake.Message}").ToList();
        var all = texts.Count == 1 ? texts[0] : $"[{string.Join(", ", texts)}]";
        var kind = resource.Group.Length == 0 ? resource.Kind : $"{resource.Kind}.{resource.Group}";
        var details = new JsonObject();

        if (name.Length > 0)
            details["name"] = name;

        if (resource.Group.Length > 0)
            details["group"] = resource.Group;

        details["kind"] = resource.Kind;
        details["causes"] = Causes(mistakes);
        return new(422, "Invalid", $"{kind} \"{name}\" is invalid: {all}", details);
    }

    /// <summary>422 about a request's own options (PatchOptions, CreateOptions).</summary>
    public static StatusException InvalidOptions(string kind, FieldMistake mistake) =>
        new(
            422,
            "Invalid",
            $"{kind}.meta.k8s.io \"\" is invalid: {mistake.Field}: {mistake.Message}",
            new()
            {
                ["group"] = "meta.k8s.io",
                ["kind"] = kind,
                ["causes"] = Causes([mistake]),
            }
        );

    private static JsonArray Causes(IReadOnlyList<FieldMistake> mistakes) =>
        [
            .. mistakes.Select(mistake => new JsonObject
            {
                ["reason"] = mistake.Reason,
                ["message"] = mistake.Message,
                ["field"] = mistake.Field,
            }),
        ];

    private static JsonObject Details(Resource resource, string name)
    {
        var details = new JsonObject { ["name"] = name };

        if (resource.Group.Length > 0)
            details["group"] = resource.Group;

        details["kind"] = resource.Plural;
        return details;
    }
}

/// <summary>One thing that is wrong with a field.</summary>
/// <param name="Reason">FieldValueInvalid, FieldValueRequired, FieldValueForbidden</param>
internal sealed record FieldMistake(string Field, string Message, string Reason = "FieldValueInvalid");
