namespace PlatformBot.Sandbox.Chat.Wire;

/// <summary>An answer other than success, with the id that clients match on.</summary>
public sealed class ChatException(int status, string id, string message) : Exception(message)
{
    public int Status => status;

    public string Id => id;

    /// <summary>Also given for most things that do not exist, so that nobody learns what does.</summary>
    public static ChatException Forbidden() =>
        new(403, "api.context.permissions.app_error", "You do not have the appropriate permissions.");

    public static ChatException SessionExpired() =>
        new(401, "api.context.session_expired.app_error", "Invalid or expired session, please login again.");

    public static ChatException BadUrlParameter(string name) =>
        new(400, "api.context.invalid_url_param.app_error", $"Invalid or missing {name} parameter in request URL.");

    public static ChatException BadBody(string name) =>
        new(400, "api.context.invalid_body_param.app_error", $"Invalid or missing {name} in request body.");

    public static ChatException BadParameter(string name) =>
        new(400, "api.context.invalid_param.app_error", $"Invalid {name} parameter.");

    public static ChatException NoSuchPost() => new(404, "app.post.get.app_error", "Unable to get the post.");

    public static ChatException NoSuchAction() =>
        new(404, "api.post.do_action.action_id.app_error", "Invalid action id.");

    public static ChatException IntegrationFailed() =>
        new(400, "api.post.do_action.action_integration.app_error", "Action integration error.");
}

/// <summary>The real server's handler dies here: the connection closes without a status line.</summary>
public sealed class HandlerDiedException : Exception;
