using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Kustomize;
using PlatformBot.Sandbox.Twin.Machines;

namespace PlatformBot.Sandbox.Tools.Talos;

/// <summary>One context of a talosconfig.</summary>
internal sealed record TalosContext(
    string Name,
    IReadOnlyList<string> Endpoints,
    IReadOnlyList<string> Nodes,
    string Ca
);

/// <summary>The client configuration of talosctl: where it lies, what it says, and the commands that change it.</summary>
internal static class TalosConfigFile
{
    public static string PathFor(ToolCall call, Flags flags) =>
        flags.Get("talosconfig")
        ?? (call.Variable("TALOSCONFIG") is { Length: > 0 } set ? set : $"{call.Variable("HOME")}/.talos/config");

    /// <exception cref="ToolException">There is no such file or context.</exception>
    public static async Task<TalosContext> ReadAsync(ToolCall call, Flags flags)
    {
        var file = await LoadAsync(call, PathFor(call, flags));
        var name = flags.Get("context") ?? (string?)file["context"] ?? "";
        var context =
            file["contexts"]?[name] as JsonObject
            ?? throw new ToolException($"error constructing client: context \"{name}\" not found in config");
        return new TalosContext(
            name,
            Texts(context["endpoints"]),
            Texts(context["nodes"]),
            (string?)context["ca"] ?? ""
        );
    }

    public static async Task<int> SetEndpointsAsync(ToolCall call, Flags flags)
    {
        await ChangeAsync(call, flags, context => context["endpoints"] = List(flags.Words));
        return 0;
    }

    public static async Task<int> SetNodesAsync(ToolCall call, Flags flags)
    {
        await ChangeAsync(call, flags, context => context["nodes"] = List(flags.Words));
        return 0;
    }

    public static async Task<int> UseContextAsync(ToolCall call, Flags flags)
    {
        var path = PathFor(call, flags);
        var file = await LoadAsync(call, path);
        var name = flags.Words.FirstOrDefault() ?? "";

        if (file["contexts"]?[name] is null)
            throw new ToolException($"context \"{name}\" is not defined");

        file["context"] = name;
        await call.WriteAsync(path, YamlText.Write(file)[4..]);
        return 0;
    }

    public static async Task<int> InfoAsync(ToolCall call, Flags flags)
    {
        var context = await ReadAsync(call, flags);
        var expires = $"{call.Now.AddYears(1):yyyy-MM-dd}";

        if (flags.Get("output") is "json")
        {
            call.PrintLine(
                JsonText.Indented(
                    new JsonObject
                    {
                        ["context"] = context.Name,
                        ["nodes"] = List(context.Nodes),
                        ["endpoints"] = List(context.Endpoints),
                        ["roles"] = new JsonArray("os:admin"),
                        ["certTTL"] = "1 year from now",
                        ["certNotAfter"] = expires,
                    },
                    2
                )
            );
            return 0;
        }

        call.Print(
            $"""
            Current context:     {context.Name}
            Nodes:               {string.Join(", ", context.Nodes)}
            Endpoints:           {string.Join(", ", context.Endpoints)}
            Roles:               os:admin
            Certificate expires: 1 year from now ({expires})

            """
        );
        return 0;
    }

    /// <summary>A new file for one cluster, without endpoints.</summary>
    public static string Create(string cluster, TalosSecrets secrets, DateTimeOffset now)
    {
        var client = secrets.IssueClient(now);
        return YamlText.Write(
            new JsonObject
            {
                ["context"] = cluster,
                ["contexts"] = new JsonObject
                {
                    [cluster] = new JsonObject
                    {
                        ["endpoints"] = new JsonArray(),
                        ["ca"] = secrets.Machine.Certificate,
                        ["crt"] = client.Certificate,
                        ["key"] = client.Key,
                    },
                },
            }
        )[4..];
    }

    private static async Task ChangeAsync(ToolCall call, Flags flags, Action<JsonObject> change)
    {
        var path = PathFor(call, flags);
        var file = await LoadAsync(call, path);
        var name = flags.Get("context") ?? (string?)file["context"] ?? "";
        change(file["contexts"]?[name] as JsonObject ?? throw new ToolException("no context is set"));
        await call.WriteAsync(path, YamlText.Write(file)[4..]);
    }

    private static async Task<JsonObject> LoadAsync(ToolCall call, string path)
    {
        try
        {
            return YamlText.ReadMapping(await call.ReadAsync(path));
        }
        catch (IOException)
        {
            throw new ToolException($"failed to open config file \"{path}\": open {path}: no such file or directory");
        }
        catch (FormatException wrong)
        {
            throw new ToolException($"failed to open config file \"{path}\": {wrong.Message}");
        }
    }

    private static string[] Texts(JsonNode? list) => [.. (list as JsonArray ?? []).Select(item => (string?)item ?? "")];

    private static JsonArray List(IEnumerable<string> items) => [.. items.Select(item => (JsonNode?)item)];
}
