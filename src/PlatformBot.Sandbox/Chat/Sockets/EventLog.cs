using System.Text.Json.Nodes;
using System.Threading.Channels;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Sockets;

/// <summary>
/// The events of one connection, numbered from 0. It outlives the socket for a while, so that a client that comes back can go on
/// where it was. The caller holds the state's gate.
/// </summary>
internal sealed class EventLog(string userId)
{
    private const int SentKept = 128;

    /// <summary>A client that is further behind than this is cut off.</summary>
    private const int UnsentKept = 256;

    private readonly List<string> _frames = [];

    /// <summary>Holds at most one sign that there is something to send.</summary>
    private readonly Channel<bool> _arrived = System.Threading.Channels.Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    private long _first;
    private long _cursor;

    public string Id { get; } = ChatState.NewId();
    public string UserId => userId;

    /// <summary>Milliseconds since 1970 when the socket was lost; null while it lives.</summary>
    public long? LostAt { get; set; }

    public long Next => _first + _frames.Count;

    public bool IsOverrun => Next - _cursor > UnsentKept;

    public void Append(string head)
    {
        _frames.Add($"{head},\"seq\":{Next}}}");

        while (_cursor - _first > SentKept || _frames.Count > SentKept + UnsentKept)
        {
            _frames.RemoveAt(0);
            _first++;
        }

        _arrived.Writer.TryWrite(true);
    }

    /// <summary>False when events before <paramref name="sequence"/> are gone, or it was never reached.</summary>
    public bool TryRewind(long sequence)
    {
        if (sequence < _first || sequence > Next)
            return false;

        _cursor = sequence;
        LostAt = null;
        _arrived.Writer.TryWrite(true);
        return true;
    }

    public string? TakeUnsent()
    {
        if (_cursor >= Next)
            return null;

        _cursor = Math.Max(_cursor, _first);
        return _frames[(int)(_cursor++ - _first)];
    }

    public ValueTask<bool> ArrivalAsync(CancellationToken cancellationToken) =>
        _arrived.Reader.ReadAsync(cancellationToken);

    /// <summary>An event without its number and closing brace.</summary>
    public static string Head(string name, JsonObject data, string toUser, string toChannel)
    {
        var json = new JsonObject
        {
            ["event"] = name,
            ["data"] = data,
            ["broadcast"] = new JsonObject
            {
                ["omit_users"] = null,
                ["user_id"] = toUser,
                ["channel_id"] = toChannel,
                ["team_id"] = "",
            },
        };

        return GoJson.Text(json)[..^1];
    }
}
