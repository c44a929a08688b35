using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Chat;

internal sealed record User(string Id, string Name, bool IsBot, bool IsAdmin, long CreateAt)
{
    public string FirstName => char.ToUpperInvariant(Name[0]) + Name[1..];

    /// <summary>Milliseconds since 1970, 0 while the account is active.</summary>
    public long DeleteAt { get; init; }

    /// <summary>Invited from outside, to single channels.</summary>
    public bool IsGuest { get; init; }
}

internal sealed record Team(string Id, string Name, string DisplayName, long CreateAt);

internal sealed record TeamMember(string UserId, bool IsAdmin, long DeleteAt = 0);

/// <summary>A public ("O"), private ("P") or direct ("D") channel.</summary>
internal sealed record Channel(string Id, string TeamId, string Type, string Name, string DisplayName, long CreateAt)
{
    public HashSet<string> Members { get; } = [];
}

internal sealed record Reaction(string UserId, string PostId, string Emoji, long CreateAt);

internal sealed record UploadedFile(string Id, string UserId, string Name, string MimeType, byte[] Bytes, long CreateAt)
{
    /// <summary>"" until a post takes the file.</summary>
    public string PostId { get; init; } = "";
}

/// <summary>A post, or (with an <see cref="OriginalId"/>) the copy of one as it was before an edit.</summary>
internal sealed record Post(string Id, string UserId, string ChannelId, string RootId, long CreateAt)
{
    /// <summary>Orders posts of the same millisecond.</summary>
    public required long Number { get; init; }
    public long UpdateAt { get; init; }
    public long EditAt { get; init; }
    public long DeleteAt { get; init; }
    public bool IsPinned { get; init; }
    public string OriginalId { get; init; } = "";
    public string Message { get; init; } = "";
    public string Type { get; init; } = "";
    public string PendingPostId { get; init; } = "";

    /// <summary>Never changed in place: an edit brings a new one.</summary>
    public JsonObject Props { get; init; } = [];
    public IReadOnlyList<string> FileIds { get; init; } = [];
}

/// <summary>Everything the chat server knows. Whoever reads or writes holds <see cref="Gate"/>.</summary>
internal sealed class ChatState(TimeProvider clock)
{
    /// <summary>The alphabet of Mattermost's ids: 26 of these.</summary>
    private const string IdAlphabet = "ybndrfg8ejkmcpqxot1uwisza345h769";

    private long _lastNumber;

    public Lock Gate { get; } = new();
    public Dictionary<string, User> Users { get; } = [];

    /// <summary>Token → user id.</summary>
    public Dictionary<string, string> Sessions { get; } = [];
    public Dictionary<string, Team> Teams { get; } = [];
    public Dictionary<(string TeamId, string UserId), TeamMember> TeamMembers { get; } = [];
    public Dictionary<string, Channel> Channels { get; } = [];
    public Dictionary<string, Post> Posts { get; } = [];
    public List<Reaction> Reactions { get; } = [];
    public Dictionary<string, UploadedFile> Files { get; } = [];

    public TimeProvider Clock => clock;

    /// <summary>Milliseconds since 1970.</summary>
    public long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public long NextNumber() => Interlocked.Increment(ref _lastNumber);

    public static string NewId() => RandomNumberGenerator.GetString(IdAlphabet, 26);

    public bool IsMember(string channelId, string userId) =>
        Channels.TryGetValue(channelId, out var channel) && channel.Members.Contains(userId);

    public bool IsInTeam(string teamId, string userId) =>
        TeamMembers.TryGetValue((teamId, userId), out var member) && member.DeleteAt == 0;

    /// <summary>Public channels of a team can be read by the whole team, all others by their members; administrators read everything.</summary>
    public bool MayRead(Channel channel, User user) =>
        user.IsAdmin || channel.Members.Contains(user.Id) || (channel.Type == "O" && IsInTeam(channel.TeamId, user.Id));

    public User? UserNamed(string name) => Users.Values.FirstOrDefault(user => user.Name == name);

    public User AddUser(string name, bool isBot = false, bool isAdmin = false)
    {
        var user = new User(NewId(), name, isBot, isAdmin, Now);
        Users[user.Id] = user;
        return user;
    }

    public string AddSession(User user)
    {
        var token = NewId();
        Sessions[token] = user.Id;
        return token;
    }

    public Channel AddChannel(string teamId, string type, string name, string displayName)
    {
        var channel = new Channel(NewId(), teamId, type, name, displayName, Now);
        Channels[channel.Id] = channel;
        return channel;
    }

    /// <summary>The live posts of a channel, oldest first; edit history and deleted posts are not among them.</summary>
    public IEnumerable<Post> LivePosts(string channelId) =>
        Posts
            .Values.Where(post => post.ChannelId == channelId && post is { DeleteAt: 0, OriginalId: "" })
            .OrderBy(post => post.CreateAt)
            .ThenBy(post => post.Number);

    public IEnumerable<Post> Replies(string rootId) =>
        Posts
            .Values.Where(post => post.RootId == rootId && post is { DeleteAt: 0, OriginalId: "" })
            .OrderBy(post => post.CreateAt)
            .ThenBy(post => post.Number);
}
