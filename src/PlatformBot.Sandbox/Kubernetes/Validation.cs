using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes.Fields;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>What an object must be to be stored: required fields, and fields that never change.</summary>
internal static class Validation
{
    // csharpier-ignore-start - tables
    private static readonly Dictionary<string, string[][]> Required = new()
    {
        ["Deployment"] = [["spec", "selector"], ["spec", "template"]],
        ["DaemonSet"] = [["spec", "selector"], ["spec", "template"]],
        ["StatefulSet"] = [["spec", "selector"], ["spec", "template"]],
        ["Job"] = [["spec", "template"]],
        ["Pod"] = [["spec", "containers"]],
        ["StorageClass"] = [["provisioner"]],
        ["RoleBinding"] = [["roleRef"]],
        ["ClusterRoleBinding"] = [["roleRef"]],
        ["CustomResourceDefinition"] = [["spec", "group"], ["spec", "names"], ["spec", "versions"], ["spec", "scope"]],
    };

    private static readonly Dictionary<string, string[][]> Immutable = new()
    {
        ["Deployment"] = [["spec", "selector"]],
        ["DaemonSet"] = [["spec", "selector"]],
        ["StatefulSet"] = [["spec", "selector"], ["spec", "serviceName"], ["spec", "podManagementPolicy"]],
        ["Job"] = [["spec", "template"], ["spec", "selector"]],
        ["StorageClass"] = [["provisioner"], ["parameters"], ["volumeBindingMode"], ["reclaimPolicy"]],
        ["RoleBinding"] = [["roleRef"]],
        ["ClusterRoleBinding"] = [["roleRef"]],
        ["Secret"] = [["type"]],
        ["Service"] = [["spec", "clusterIP"]],
        ["CustomResourceDefinition"] = [["spec", "group"], ["spec", "scope"]],
    };
    // csharpier-ignore-end

    public static void Check(JsonObject next, JsonObject? live, Resource resource, string name)
    {
        if (resource.Custom)
            return;

        var mistakes = Missing(next, resource).Concat(Selector(next, resource));

        if (live is not null)
            mistakes = mistakes.Concat(Changed(next, live, resource)).Concat(NewFinalizers(next, live));

        if (mistakes.ToList() is { Count: > 0 } all)
            throw Refusals.Invalid(resource, name, all);
    }

    private static IEnumerable<FieldMistake> Missing(JsonObject next, Resource resource) =>
        Required
            .GetValueOrDefault(resource.Kind, [])
            .Where(path => next.At(path) is null)
            .Select(path => new FieldMistake(string.Join('.', path), "Required value", "FieldValueRequired"));

    private static IEnumerable<FieldMistake> Selector(JsonObject next, Resource resource)
    {
        if (resource.Group != "apps" || next.At("spec", "selector", "matchLabels") is not JsonObject wanted)
            yield break;

        var labels = next.Texts("spec", "template", "metadata", "labels").ToDictionary();

        if (wanted.Any(pair => labels.GetValueOrDefault(pair.Key) != pair.Value.Text()))
        {
            yield return new FieldMistake(
                "spec.template.metadata.labels",
                $"Invalid value: {JsonText.Compact(next.At("spec", "template", "metadata", "labels"))}:"
                    + " `selector` does not match template `labels`"
            );
        }
    }

    private static IEnumerable<FieldMistake> Changed(JsonObject next, JsonObject live, Resource resource) =>
        Immutable
            .GetValueOrDefault(resource.Kind, [])
            .Where(path => live.At(path) is not null && !JsonNode.DeepEquals(live.At(path), next.At(path)))
            .Select(path => new FieldMistake(
                string.Join('.', path),
                $"Invalid value: {JsonText.Compact(next.At(path))}: field is immutable"
            ));

    private static IEnumerable<FieldMistake> NewFinalizers(JsonObject next, JsonObject live)
    {
        if (!live.IsEnding())
            yield break;

        var added = Finalizers(next).Except(Finalizers(live)).ToList();

        if (added.Count > 0)
        {
            var list = string.Join(", ", added.Select(finalizer => $"\"{finalizer}\""));
            yield return new FieldMistake(
                "metadata.finalizers",
                "Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers"
                    + $" []string{{{list}}}",
                "FieldValueForbidden"
            );
        }
    }

    private static IEnumerable<string> Finalizers(JsonObject json) =>
        (json.At("metadata", "finalizers") as JsonArray)?.Select(finalizer => finalizer.Text()) ?? [];
}
