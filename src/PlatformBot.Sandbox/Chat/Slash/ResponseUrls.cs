using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Slash;

/// <summary>On whose behalf an integration speaks, and where.</summary>
internal sealed record Occasion(string UserId, string ChannelId, string RootId, string Trigger);

/// <summary>The <c>response_url</c>s: 5 uses within 30 minutes each. The caller holds the gate.</summary>
internal sealed class ResponseUrls(ChatState state, CommandBook commands)
{
    private const int Uses = 5;
    private const long LivesForMs = 30 * 60 * 1000;

    private readonly Dictionary<string, (string CommandId, Occasion Occasion, long CreateAt, int Used)> _hooks = [];

    public string Issue(Command command, Occasion occasion)
    {
        var id = ChatState.NewId();
        _hooks[id] = (command.Id, occasion, state.Now, Used: 0);
        return id;
    }

    public Occasion Use(string id)
    {
        if (!_hooks.TryGetValue(id, out var hook) || state.Now - hook.CreateAt > LivesForMs)
            throw new ChatException(404, "app.command_webhook.get.missing", "Unable to find the webhook.");

        if (commands.Find(hook.CommandId) is null)
            throw new ChatException(400, "web.command_webhook.command.app_error", "Couldn't find the command.");

        if (hook.Used >= Uses)
            throw new ChatException(400, "app.command_webhook.try_use.invalid", "Invalid webhook.");

        _hooks[id] = hook with { Used = hook.Used + 1 };
        return hook.Occasion;
    }
}
