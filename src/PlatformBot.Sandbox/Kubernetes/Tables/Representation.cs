using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes.Tables;

/// <summary>How the asker wants objects shown: whole, as rows of a table, or by their metadata alone.</summary>
internal sealed class Representation
{
    private const string Meta = "meta.k8s.io/v1";

    private readonly ApiRequest _request;
    private readonly string _as;

    private Representation(ApiRequest request, string asked) => (_request, _as) = (request, asked);

    /// <summary>The first thing in the Accept header that the server can do.</summary>
    /// <exception cref="StatusException">406: there is nothing that it can do.</exception>
    public static Representation Of(ApiRequest request)
    {
        var accept = request.Http.Request.Headers.Accept.ToString();

        if (accept.Length == 0)
            return new Representation(request, "");

        foreach (var offer in accept.Split(',', StringSplitOptions.TrimEntries))
        {
            var parts = offer.Split(';', StringSplitOptions.TrimEntries);

            if (parts[0] is not ("application/json" or "application/*" or "*/*"))
                continue;

            var form = parts.FirstOrDefault(part => part.StartsWith("as=", StringComparison.Ordinal))?[3..] ?? "";

            if (form is "" or "Table" or "PartialObjectMetadata" or "PartialObjectMetadataList")
                return new Representation(request, form);
        }

        throw new StatusException(406, "NotAcceptable", NotAcceptable, []);
    }

    public JsonObject One(JsonObject json) =>
        _as switch
        {
            "Table" => Table([json], json.Section("metadata"), withHeader: true),
            "" => json,
            _ => Metadata(json),
        };

    public JsonObject Many(JsonObject list)
    {
        if (_as.Length == 0)
            return list;

        var items = list.Items("items").ToList();

        if (_as == "Table")
            return Table(items, list.Section("metadata"), withHeader: true);

        return new JsonObject
        {
            ["kind"] = "PartialObjectMetadataList",
            ["apiVersion"] = Meta,
            ["metadata"] = list["metadata"]!.DeepClone(),
            ["items"] = new JsonArray([.. items.Select(Metadata)]),
        };
    }

    /// <param name="isFirst">True for the first event of a stream, which alone names the columns.</param>
    /// <param name="isBookmark">True when the object is no object, but the place in the stream.</param>
    public JsonObject Event(JsonObject json, bool isFirst, bool isBookmark) =>
        _as switch
        {
            "Table" => Table(isBookmark ? [] : [json], json.Section("metadata"), isFirst),
            "" => json,
            _ => Metadata(json),
        };

    private JsonObject Table(IReadOnlyList<JsonObject> items, JsonObject metadata, bool withHeader)
    {
        var columns = TableColumns.Of(_request.Resource, _request.Cluster);
        var now = _request.Cluster.Clock.GetUtcNow();
        var about = new JsonObject { ["resourceVersion"] = metadata.Text("resourceVersion") };

        foreach (var paging in new[] { "continue", "remainingItemCount" })
        {
            if (metadata[paging] is { } given)
                about[paging] = given.DeepClone();
        }

        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = Meta,
            ["metadata"] = about,
            ["columnDefinitions"] = withHeader ? Header(columns) : null,
            ["rows"] = new JsonArray([.. items.Select(item => Row(item, columns, now))]),
        };
    }

    private static JsonArray Header(IReadOnlyList<TableColumn> columns) =>
        [
            Column(new TableColumn("Name", (json, _) => json.Name()), "name"),
            .. columns.Select(column => Column(column, "")),
        ];

    private static JsonObject Column(TableColumn column, string format) =>
        new()
        {
            ["name"] = column.Name,
            ["type"] = column.Type,
            ["format"] = format,
            ["description"] = "",
            ["priority"] = column.IsWide ? 1 : 0,
        };

    private JsonObject Row(JsonObject item, IReadOnlyList<TableColumn> columns, DateTimeOffset now)
    {
        var row = new JsonObject
        {
            ["cells"] = new JsonArray([item.Name(), .. columns.Select(column => column.Cell(item, now))]),
        };

        if (Shown(item) is { } shown)
            row["object"] = shown;

        return row;
    }

    private JsonObject? Shown(JsonObject item) =>
        _request.Query("includeObject") switch
        {
            "None" => null,
            "Object" => item.Copy(),
            _ => Metadata(item),
        };

    private static JsonObject Metadata(JsonObject json) =>
        new()
        {
            ["kind"] = "PartialObjectMetadata",
            ["apiVersion"] = Meta,
            ["metadata"] = json["metadata"]?.DeepClone(),
        };

    private const string NotAcceptable =
        "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf";
}
