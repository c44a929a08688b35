using System.Text;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>What must fit between a request's address, its body and the object that is there.</summary>
internal static class ApplyChecks
{
    /// <summary>An apply request in itself.</summary>
    public static void Request(
        JsonObject wanted,
        Resource resource,
        string inNamespace,
        string name,
        WriteOptions options
    )
    {
        if (options.Manager.Length == 0)
            throw Refusals.InvalidOptions("PatchOptions", ManagerRequired);

        if (Encoding.UTF8.GetByteCount(options.Manager) > 128)
            throw Refusals.InvalidOptions("PatchOptions", ManagerTooLong);

        if (wanted.Text("kind").Length == 0)
            throw Refusals.BadRequest("invalid object type: /, Kind=");

        if (wanted.Text("apiVersion") != resource.ApiVersion || wanted.Text("kind") != resource.Kind)
            throw Refusals.BadRequest(WrongType(wanted, resource));

        Names(wanted, resource, inNamespace, name);

        if (wanted.At("metadata", "managedFields") is not null)
            throw Refusals.BadRequest("metadata.managedFields must be nil");
    }

    /// <summary>Name and namespace in the body against those in the address.</summary>
    public static void Names(JsonObject wanted, Resource resource, string inNamespace, string name)
    {
        if (wanted.Name() is { Length: > 0 } given && given != name)
        {
            throw Refusals.BadRequest($"the name of the object ({given}) does not match the name on the URL ({name})");
        }

        if (resource.Namespaced)
            Namespace(wanted, inNamespace);
    }

    public static void Namespace(JsonObject wanted, string inNamespace)
    {
        if (wanted.Namespace() is { Length: > 0 } given && given != inNamespace && inNamespace.Length > 0)
        {
            throw Refusals.BadRequest(
                "the namespace of the provided object does not match the namespace sent on the request"
            );
        }
    }

    /// <summary>An apply against the object that is there.</summary>
    public static void Live(JsonObject wanted, JsonObject? live, Resource resource, string name)
    {
        var version = wanted.Text("metadata", "resourceVersion");

        if (version.Length > 0 && version != live.Text("metadata", "resourceVersion"))
            throw Refusals.Modified(resource, name);

        if (live is not null && wanted.Uid() is { Length: > 0 } uid && uid != live.Uid())
        {
            throw Refusals.Invalid(
                resource,
                name,
                new FieldMistake("metadata.uid", $"Invalid value: \"{uid}\": field is immutable")
            );
        }
    }

    /// <summary>A replacement (or the outcome of a patch) against the object that is there.</summary>
    public static void Replacement(
        JsonObject wanted,
        JsonObject? live,
        Resource resource,
        string name,
        bool patched = false
    )
    {
        // Leases and events may be created by PUT, everything else must exist.
        if (live is null && resource.Kind is not ("Lease" or "Event"))
            throw Refusals.NotFound(resource, name);

        if (live is null)
            return;

        if (wanted.Uid() is { Length: > 0 } uid && uid != live.Uid())
            throw Refusals.CannotBeFulfilled(resource, name, OtherUid(uid, live, resource, name));

        var version = wanted.Text("metadata", "resourceVersion");

        if (version.Length == 0 && !patched && (resource.Custom || resource.Kind == "Lease"))
            throw Refusals.Invalid(resource, name, VersionRequired);

        if (version.Length > 0 && version != live.Text("metadata", "resourceVersion"))
            throw Refusals.Modified(resource, name);
    }

    private static string WrongType(JsonObject wanted, Resource resource) =>
        $"{wanted.Text("kind")} in version \"{wanted.Text("apiVersion")}\" cannot be handled as a {resource.Kind}"
        + $" in version \"{resource.ApiVersion}\"";

    private static string OtherUid(string uid, JsonObject live, Resource resource, string name) =>
        $"StorageError: invalid object, Code: 4, Key: /registry/{resource.Plural}/{live.Namespace()}/{name},"
        + $" ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object meta:"
        + $" {live.Uid()}";

    private static readonly FieldMistake ManagerRequired = new(
        "fieldManager",
        "Required value: is required for apply patch",
        "FieldValueRequired"
    );

    private static readonly FieldMistake ManagerTooLong = new(
        "fieldManager",
        "Too long: may not be more than 128 bytes",
        "FieldValueTooLong"
    );

    private static readonly FieldMistake VersionRequired = new(
        "metadata.resourceVersion",
        "Invalid value: 0: must be specified for an update"
    );
}
