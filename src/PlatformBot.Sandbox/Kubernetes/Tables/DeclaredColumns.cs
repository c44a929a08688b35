using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Tools;
using PlatformBot.Sandbox.Tools.Kube;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes.Tables;

/// <summary>The columns that a CustomResourceDefinition names (additionalPrinterColumns); the age alone where it names none.</summary>
internal static class DeclaredColumns
{
    public static IReadOnlyList<TableColumn> Of(Resource resource, TwinCluster cluster)
    {
        var name = $"{resource.Plural}.{resource.Group}";
        var definition = cluster.Objects.View(new("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", name));
        var declared = definition
            .Items("spec", "versions")
            .Where(version => version.Text("name") == resource.Version)
            .SelectMany(version => version.Items("additionalPrinterColumns"))
            .Select(Declared)
            .ToList();
        return declared.Count > 0 ? declared : [TableColumn.Age];
    }

    private static TableColumn Declared(JsonObject column)
    {
        var (path, type) = (column.Text("jsonPath"), column.Text("type"));
        return new TableColumn(
            column.Text("name"),
            (json, now) =>
                Found(json, path) is not { } found ? null
                : type == "date" ? Ages.Of(found.Text(), now)
                : found.DeepClone(),
            IsWide: column.Whole("priority") > 0,
            type
        );
    }

    // What the paths of definitions can and this reader cannot (functions, unions) is left empty, as a wrong path is.
    private static JsonNode? Found(JsonObject json, string path)
    {
        try
        {
            return JsonPath.Find(json, path) is [var first, ..] ? first : null;
        }
        catch (ToolException)
        {
            return null;
        }
    }
}
