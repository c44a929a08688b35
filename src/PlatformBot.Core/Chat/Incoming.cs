namespace PlatformBot.Core.Chat;

/// <summary>A command as it came from chat, authenticated by the adapter, not yet understood.</summary>
/// <param name="Text">everything after the trigger word, or after the mention</param>
/// <param name="Dialogs">the permit to open a dialog for this person; null when the way in has none (a mention)</param>
public sealed record ChatCommand(Caller By, string TeamId, string ChannelId, string Text, string? Dialogs);

/// <summary>
/// A press of one of the bot's buttons. The adapter has checked that the value is one that it made, is not too old, belongs to this
/// channel, and that the chat server itself vouches for the person; whether the person may, and whether the button still counts, is the bot's matter.
/// </summary>
/// <param name="Value">what the button was made with</param>
public sealed record ButtonClick(Caller By, string ChannelId, string PostId, string Value, string? Dialogs);

/// <summary>A filled-in dialog. The adapter has checked that it opened this dialog for this very person.</summary>
/// <param name="State">what the dialog was made with</param>
public sealed record DialogSubmission(
    Caller By,
    string ChannelId,
    string State,
    IReadOnlyDictionary<string, string> Values
);
