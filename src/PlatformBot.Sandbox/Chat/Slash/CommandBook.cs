using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Slash;

/// <summary>The commands of the team. The caller holds the gate.</summary>
internal sealed class CommandBook(ChatState state)
{
    private static readonly HashSet<string> BuiltIn =
    [
        "away",
        "code",
        "collapse",
        "dnd",
        "echo",
        "expand",
        "groupmsg",
        "header",
        "help",
        "invite",
        "invite_people",
        "join",
        "kick",
        "leave",
        "logout",
        "me",
        "msg",
        "mute",
        "offline",
        "online",
        "open",
        "purpose",
        "remove",
        "rename",
        "search",
        "settings",
        "shortcuts",
        "shrug",
        "status",
    ];

    private readonly List<Command> _commands = [];

    public IReadOnlyList<Command> All => _commands;

    public Command? Find(string id) => _commands.Find(command => command.Id == id);

    /// <summary>Two commands may share a trigger after an update; then the last one is meant.</summary>
    public Command? Triggered(string teamId, string trigger) =>
        _commands.FindLast(command => command.TeamId == teamId && command.Trigger == trigger);

    public bool MayManage(User user, string teamId) =>
        user.IsAdmin
        || (
            state.TeamMembers.TryGetValue((teamId, user.Id), out var member) && member is { IsAdmin: true, DeleteAt: 0 }
        );

    public void Add(Command command)
    {
        command.Check();

        if (BuiltIn.Contains(command.Trigger) || Triggered(command.TeamId, command.Trigger) is not null)
        {
            throw new ChatException(
                400,
                "api.command.duplicate_trigger.app_error",
                "This trigger word is already in use. Please choose another word."
            );
        }

        _commands.Add(command);
    }

    /// <summary>Does not look for a duplicate trigger: neither does the real server.</summary>
    public void Replace(Command command)
    {
        command.Check();
        _commands[_commands.FindIndex(one => one.Id == command.Id)] = command;
    }

    public void Remove(string id) => _commands.RemoveAll(command => command.Id == id);
}
