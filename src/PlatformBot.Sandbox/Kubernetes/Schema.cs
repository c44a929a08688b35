using System.Text.Json;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes.Fields;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>
/// The part of the built-in kinds' schema in which people err: names of fields of the object, its metadata, pods and
/// containers, and texts where numbers are written. What it does not know it lets pass.
/// </summary>
internal static class Schema
{
    // csharpier-ignore-start - tables
    private static readonly HashSet<string> Metadata =
    [
        "name", "generateName", "namespace", "labels", "annotations", "finalizers", "ownerReferences", "uid", "resourceVersion",
        "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink",
    ];

    private static readonly HashSet<string> Container =
    [
        "name", "image", "command", "args", "env", "envFrom", "ports", "resources", "volumeMounts", "volumeDevices",
        "livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "imagePullPolicy", "securityContext", "workingDir",
        "stdin", "stdinOnce", "tty", "terminationMessagePath", "terminationMessagePolicy", "restartPolicy", "resizePolicy",
        "restartPolicyRules",
    ];

    private static readonly string[][] Texts =
    [
        ["data"], ["stringData"], ["metadata", "labels"], ["metadata", "annotations"],
        ["spec", "template", "metadata", "labels"], ["spec", "template", "metadata", "annotations"],
    ];
    // csharpier-ignore-end

    /// <summary>For apply: the first mistake is a 500 without a reason, whatever the strictness (so Kubernetes does).</summary>
    public static void CheckApplied(JsonObject json, Resource resource, string inNamespace)
    {
        var place = $"{(json.Namespace().Length > 0 ? inNamespace : "")}/{json.Name()}; {TypeOf(resource)}";

        foreach (var (path, value) in WrongTexts(json, resource))
        {
            throw Untyped(
                place,
                $".{path}: expected string, got &value.valueUnstructured{{Value:{JsonText.Compact(value)}}}"
            );
        }

        foreach (var unknown in Unknown(json, resource))
            throw Untyped(place, $"{unknown.Spoken}: field not declared in schema");
    }

    /// <summary>For create, replace and patch: refuses, warns or is silent about unknown fields, which are dropped.</summary>
    /// <returns>The warnings.</returns>
    public static IReadOnlyList<string> Check(JsonObject json, Resource resource, string strictness)
    {
        foreach (var (path, value) in WrongTexts(json, resource))
        {
            throw Refusals.BadRequest(
                $"{resource.Kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: json: cannot"
                    + $" unmarshal {Word(value)} into Go struct field {resource.Kind}.{path} of type string"
            );
        }

        var unknown = Unknown(json, resource).ToList();

        if (unknown.Count > 0 && strictness == "Strict")
        {
            var list = string.Join(", ", unknown.Select(field => $"unknown field \"{field.Indexed}\""));
            throw Refusals.BadRequest(
                $"{resource.Kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: strict decoding"
                    + $" error: {list}"
            );
        }

        foreach (var field in unknown)
            field.Owner.Remove(field.Name);

        return strictness == "Ignore" ? [] : [.. unknown.Select(field => $"unknown field \"{field.Indexed}\"")];
    }

    private static IEnumerable<(string Path, JsonNode? Value)> WrongTexts(JsonObject json, Resource resource) =>
        resource.Custom
            ? []
            : Texts
                .Where(path => path[0] is not ("data" or "stringData") || resource.Kind is "ConfigMap" or "Secret")
                .SelectMany(path =>
                    (json.At(path) as JsonObject ?? [])
                        .Where(pair => pair.Value is not null && pair.Value.GetValueKind() != JsonValueKind.String)
                        .Select(pair => ($"{string.Join('.', path)}.{pair.Key}", pair.Value))
                );

    private static IEnumerable<UnknownField> Unknown(JsonObject json, Resource resource)
    {
        foreach (var field in UnknownIn(json.At("metadata"), Metadata, "metadata", ".metadata"))
            yield return field;

        if (resource.Custom || PodSpecPath(resource) is not { } path)
            yield break;

        foreach (var list in new[] { "containers", "initContainers" })
        {
            var at = $"{string.Join('.', path)}.{list}";

            foreach (var (index, container) in json.At(path).Items(list).Index())
            {
                var spoken = $".{at}[name=\"{container.Text("name")}\"]";

                foreach (var field in UnknownIn(container, Container, $"{at}[{index}]", spoken))
                    yield return field;
            }
        }
    }

    private static IEnumerable<UnknownField> UnknownIn(
        JsonNode? node,
        HashSet<string> known,
        string indexed,
        string spoken
    ) =>
        node is JsonObject owner
            ? owner
                .Where(pair => !known.Contains(pair.Key))
                .Select(pair => new UnknownField(owner, pair.Key, $"{indexed}.{pair.Key}", $"{spoken}.{pair.Key}"))
                .ToList()
            : [];

    private static string[]? PodSpecPath(Resource resource) =>
        resource.Kind switch
        {
            "Pod" => ["spec"],
            "Deployment" or "DaemonSet" or "StatefulSet" or "ReplicaSet" or "Job" => ["spec", "template", "spec"],
            _ => null,
        };

    private static StatusException Untyped(string place, string mistake) =>
        new(500, reason: null, $"failed to create typed patch object ({place}): {mistake}");

    private static string TypeOf(Resource resource) =>
        resource.Group.Length == 0
            ? $"/{resource.Version}, Kind={resource.Kind}"
            : $"{resource.ApiVersion}, Kind={resource.Kind}";

    private static string Word(JsonNode? value) =>
        value?.GetValueKind() switch
        {
            JsonValueKind.Number => "number",
            JsonValueKind.True or JsonValueKind.False => "bool",
            JsonValueKind.Array => "array",
            _ => "object",
        };

    private sealed record UnknownField(JsonObject Owner, string Name, string Indexed, string Spoken);
}
