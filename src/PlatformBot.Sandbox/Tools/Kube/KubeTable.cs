using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Kubernetes.Tables;

namespace PlatformBot.Sandbox.Tools.Kube;

/// <summary>kubectl's tables: the columns in which the API server shows the kind.</summary>
internal static class KubeTable
{
    /// <param name="objects">of one kind, at least one</param>
    public static string Write(
        IReadOnlyList<JsonObject> objects,
        DateTimeOffset now,
        bool wide,
        bool withNamespace,
        bool noHeaders
    )
    {
        var columns = TableColumns.Of(objects[0].Text("kind")).Where(column => wide || !column.IsWide).ToList();
        var rows = objects.Select(json =>
            (IReadOnlyList<string>)
                [
                    .. withNamespace ? [json.Namespace()] : Array.Empty<string>(),
                    json.Name(),
                    .. columns.Select(column => column.Cell(json, now)?.ToString() ?? "<none>"),
                ]
        );
        IReadOnlyList<string> header =
        [
            .. withNamespace ? ["NAMESPACE"] : Array.Empty<string>(),
            "NAME",
            .. columns.Select(column => column.Name.ToUpperInvariant()),
        ];
        return TextTable.Write(noHeaders ? [.. rows] : [header, .. rows]);
    }
}
