namespace PlatformBot.Sandbox.Chat;

/// <summary>The team as it is when the server starts.</summary>
internal static class FirstDay
{
    public const string TeamName = "platform";

    private static readonly (string Name, string DisplayName)[] Channels =
    [
        ("town-square", "Town Square"),
        ("ops", "Ops"),
        ("incidents", "Incidents"),
    ];

    /// <summary>Adds the team, its channels, a system administrator, the people and the bot; the bot is in town-square and ops.</summary>
    public static (
        string TeamId,
        string OpsChannelId,
        string BotUserId,
        string BotToken,
        string AdminToken,
        IReadOnlyDictionary<string, ChatPerson> Persons
    ) Arrange(ChatState state, IReadOnlyList<string> names)
    {
        var team = new Team(ChatState.NewId(), TeamName, "Platform", state.Now);
        state.Teams[team.Id] = team;
        var channels = Channels
            .Select(channel => state.AddChannel(team.Id, "O", channel.Name, channel.DisplayName))
            .ToDictionary(channel => channel.Name);

        var admin = state.AddUser("admin", isAdmin: true);
        var people = names.Select(name => state.AddUser(name)).ToList();
        var bot = state.AddUser("platformbot", isBot: true);

        foreach (var user in people.Append(admin))
            Join(state, team, user, channels.Values);

        Join(state, team, bot, [channels["town-square"], channels["ops"]]);
        state.TeamMembers[(team.Id, bot.Id)] = new TeamMember(bot.Id, IsAdmin: true);

        return (
            team.Id,
            channels["ops"].Id,
            bot.Id,
            state.AddSession(bot),
            state.AddSession(admin),
            people.ToDictionary(user => user.Name, user => new ChatPerson(user.Id, user.Name, state.AddSession(user)))
        );
    }

    private static void Join(ChatState state, Team team, User user, IEnumerable<Channel> channels)
    {
        state.TeamMembers[(team.Id, user.Id)] = new TeamMember(user.Id, user.IsAdmin);

        foreach (var channel in channels)
            channel.Members.Add(user.Id);
    }
}
