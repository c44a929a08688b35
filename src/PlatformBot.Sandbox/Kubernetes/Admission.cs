using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>Whether the place for an object is there: its namespace, and its kind's definition.</summary>
internal static class Admission
{
    public static void Check(TwinCluster cluster, Resource resource, string inNamespace, string name, bool create)
    {
        if (!create)
            return;

        Naming.Check(resource, name);

        if (resource.Namespaced)
            CheckNamespace(cluster, resource, inNamespace, name);

        if (resource.Custom)
            CheckDefinition(cluster, resource, name);
    }

    private static void CheckNamespace(TwinCluster cluster, Resource resource, string inNamespace, string name)
    {
        if (cluster.Objects.View(new ObjectKey("v1", "Namespace", "", inNamespace)) is not { } found)
            throw Refusals.NoNamespace(inNamespace);

        if (!found.IsEnding())
            return;

        throw Refusals.Forbidden(
            resource,
            name,
            $"unable to create new content in namespace {inNamespace} because it is being terminated",
            [
                new JsonObject
                {
                    ["reason"] = "NamespaceTerminating",
                    ["message"] = $"namespace {inNamespace} is being terminated",
                    ["field"] = "metadata.namespace",
                },
            ]
        );
    }

    private static void CheckDefinition(TwinCluster cluster, Resource resource, string name)
    {
        var definition = cluster.Objects.View(
            new ObjectKey("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", resource.FullName)
        );

        if (definition?.IsEnding() == true)
        {
            throw Refusals.Forbidden(
                resource,
                name,
                "create not allowed while custom resource definition is terminating"
            );
        }
    }
}
