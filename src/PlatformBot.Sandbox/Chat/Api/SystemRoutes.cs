using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Chat.Integrations;
using PlatformBot.Sandbox.Chat.Posts;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>The server about itself.</summary>
internal sealed class SystemRoutes(ChatState state, Triggers triggers)
{
    public IEnumerable<Route> Routes =>
        [new("GET", "/api/v4/system/ping", PingAsync), new("GET", "/api/v4/config/client", ConfigAsync)];

    private static Task PingAsync(Call call)
    {
        var answer = new JsonObject
        {
            ["AndroidLatestVersion"] = "",
            ["AndroidMinVersion"] = "",
            ["DesktopLatestVersion"] = "",
            ["DesktopMinVersion"] = "",
            ["IosLatestVersion"] = "",
            ["IosMinVersion"] = "",
        };

        if (call.Query("get_server_status") == "true")
        {
            answer["database_status"] = "OK";
            answer["filestore_status"] = "OK";
        }

        answer["status"] = "OK";
        return call.AnswerAsync(answer);
    }

    /// <summary>Limits are told to those who are logged in; the key that signs triggers to everybody.</summary>
    private Task ConfigAsync(Call call)
    {
        if (call.Query("format") != "old")
        {
            throw new ChatException(
                501,
                "api.config.client.old_format.app_error",
                "New format for the client configuration is not supported yet. Please specify format=old in the query string."
            );
        }

        var request = call.Http.Request;
        var config = new JsonObject
        {
            ["AsymmetricSigningPublicKey"] = triggers.PublicKey,
            ["BuildNumber"] = ChatServer.Version,
            ["Version"] = ChatServer.Version,
            ["SiteName"] = "Sandbox",
            ["SiteURL"] = $"{request.Scheme}://{request.Host}",
            ["WebsocketURL"] = "",
        };

        if (IsLoggedIn(request))
        {
            config["EnableCommands"] = "true";
            config["EnablePostUsernameOverride"] = "false";
            config["EnableReliableWebSockets"] = "true";
            config["MaxFileSize"] = FileRoutes.Largest.ToString();
            config["MaxPostSize"] = PostBook.LongestMessage.ToString();
            config["PostEditTimeLimit"] = "-1";
            config["TeammateNameDisplay"] = "username";
        }

        return call.AnswerAsync(config);
    }

    private bool IsLoggedIn(Microsoft.AspNetCore.Http.HttpRequest request)
    {
        lock (state.Gate)
            return Call.TokenOf(request) is { } token && state.Sessions.ContainsKey(token);
    }
}
