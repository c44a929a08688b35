using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Chat.Sockets;

/// <summary>Who hears what. The caller holds the state's gate, so that events come in the order of what happened.</summary>
internal sealed class Hub(ChatState state)
{
    private const long ResumableForMs = 5 * 60 * 1000;

    private readonly Dictionary<string, EventLog> _logs = [];

    public void ToChannel(Channel channel, string name, JsonObject data)
    {
        var head = EventLog.Head(name, data, toUser: "", toChannel: channel.Id);

        foreach (var log in Living().Where(log => channel.Members.Contains(log.UserId)))
            log.Append(head);
    }

    public void ToUser(string userId, string channelId, string name, JsonObject data)
    {
        var head = EventLog.Head(name, data, userId, channelId);

        foreach (var log in Living().Where(log => log.UserId == userId))
            log.Append(head);
    }

    /// <summary>A fresh connection; its first event is <c>hello</c>.</summary>
    public EventLog Open(string userId)
    {
        var log = new EventLog(userId);
        _logs[log.Id] = log;

        var data = new JsonObject { ["connection_id"] = log.Id, ["server_version"] = ChatServer.VersionId };
        log.Append(EventLog.Head("hello", data, userId, toChannel: ""));
        return log;
    }

    /// <summary>The old connection, wound back; a fresh one when it is unknown, still alive or has lost too much.</summary>
    public EventLog Resume(string userId, string connectionId, long sequence) =>
        _logs.TryGetValue(connectionId, out var log)
        && log.UserId == userId
        && log.LostAt is { } lostAt
        && state.Now - lostAt <= ResumableForMs
        && log.TryRewind(sequence)
            ? log
            : Open(userId);

    public void Forget()
    {
        foreach (var log in _logs.Values)
            log.LostAt ??= 0;

        _logs.Clear();
    }

    private List<EventLog> Living()
    {
        foreach (var log in _logs.Values.Where(log => log.LostAt is { } at && state.Now - at > ResumableForMs).ToList())
            _logs.Remove(log.Id);

        return [.. _logs.Values];
    }
}
