using System.Text.Json;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Posts;

/// <summary><c>props.attachments</c>: written out in full, found, hidden.</summary>
internal static class Attachments
{
    private static readonly string[] TextsBeforeFields =
    [
        "fallback",
        "color",
        "pretext",
        "author_name",
        "author_link",
        "author_icon",
        "title",
        "title_link",
        "text",
    ];

    private static readonly string[] TextsAfterFields = ["image_url", "thumb_url", "footer", "footer_icon"];
    private static readonly string[] ActionTexts = ["style", "data_source", "default_option", "cookie"];

    /// <summary>The attachments with every field that the server stores, also those not given. Not an array: none.</summary>
    public static JsonArray Normalise(JsonNode? attachments) =>
        attachments is JsonArray array ? GoJson.Array(array.OfType<JsonObject>().Select(NormaliseOne)) : [];

    private static JsonObject NormaliseOne(JsonObject given)
    {
        var full = new JsonObject { ["id"] = 0 };

        foreach (var name in TextsBeforeFields)
            full[name] = given.String(name);

        full["fields"] = given["fields"] is JsonArray fields
            ? GoJson.Array(fields.OfType<JsonObject>().Select(NormaliseField))
            : null;

        foreach (var name in TextsAfterFields)
            full[name] = given.String(name);

        full["ts"] = given["ts"]?.DeepClone();

        if (given["actions"] is JsonArray { Count: > 0 } actions)
            full["actions"] = GoJson.Array(actions.OfType<JsonObject>().Select(NormaliseAction));

        return full;
    }

    private static JsonObject NormaliseField(JsonObject field) =>
        new()
        {
            ["title"] = field.String("title"),
            ["value"] = field["value"] switch
            {
                null => "",
                JsonValue value when value.GetValueKind() == JsonValueKind.String => (string)value!,
                var other => other.ToJsonString(),
            },
            ["short"] = field.Flag("short") || field.String("short") == "true",
        };

    private static JsonObject NormaliseAction(JsonObject given)
    {
        var id = given.String("id");
        var action = new JsonObject { ["id"] = id.Length > 0 ? id : ChatState.NewId() };

        if (given.String("type") is { Length: > 0 } type)
            action["type"] = type;

        action["name"] = given.String("name");

        if (given.Flag("disabled"))
            action["disabled"] = true;

        foreach (var name in ActionTexts)
        {
            if (given.String(name) is { Length: > 0 } text)
                action[name] = text;
        }

        if (given["options"] is JsonArray options)
            action["options"] = options.DeepClone();

        if (given["integration"] is JsonObject integration)
        {
            action["integration"] = new JsonObject
            {
                ["url"] = integration.String("url"),
                ["context"] = integration["context"]?.DeepClone(),
            };
        }

        return action;
    }

    public static IEnumerable<JsonObject> ActionsOf(JsonArray attachments) =>
        attachments
            .OfType<JsonObject>()
            .SelectMany(attachment => attachment["actions"] as JsonArray ?? [])
            .OfType<JsonObject>();

    public static IEnumerable<JsonObject> Actions(JsonObject props) =>
        props["attachments"] is JsonArray attachments ? ActionsOf(attachments) : [];

    /// <summary>Of several with the same id the first one counts.</summary>
    public static JsonObject? Find(JsonObject props, string actionId) =>
        Actions(props).FirstOrDefault(action => action.String("id") == actionId);

    /// <summary>A copy in which no button says where it leads.</summary>
    public static JsonObject Stripped(JsonObject props)
    {
        var copy = (JsonObject)props.DeepClone();

        foreach (var action in Actions(copy))
            action.Remove("integration");

        return copy;
    }

    /// <summary>
    /// Comparing attachments kills the real server's handler when the new ones have lost an integration that the old ones have:
    /// what becomes of a client that reads a post and writes its props back.
    /// </summary>
    /// <exception cref="HandlerDiedException">Just that.</exception>
    public static bool AreEqual(JsonObject before, JsonObject after)
    {
        foreach (var (old, now) in Actions(before).Zip(Actions(after)))
        {
            if (old.Has("integration") && !now.Has("integration"))
                throw new HandlerDiedException();
        }

        return JsonNode.DeepEquals(before["attachments"], after["attachments"]);
    }
}
