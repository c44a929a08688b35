using PlatformBot.Core.Statements;

namespace PlatformBot.Core.Chat;

/// <summary>What the chat adapter hands on to: the bot itself. Answers within milliseconds; long work goes on behind it.</summary>
public interface IConversation
{
    Task<Reply> HearAsync(ChatCommand command, CancellationToken cancellationToken);

    Task<Reply> PressAsync(ButtonClick click, CancellationToken cancellationToken);

    Task<Reply> SubmitAsync(DialogSubmission submission, CancellationToken cancellationToken);

    /// <summary>Somebody decided on another machine, and their signature is theirs; whether they may, and whether it still counts, is the bot's matter.</summary>
    Task<Reply> VoteAsync(Caller by, VoteStatement vote, CancellationToken cancellationToken);

    /// <summary>Something that is not what it claims to be reached the bot (forged, replayed, expired): journaled, nothing else.</summary>
    Task SuspectAsync(string what, string from, CancellationToken cancellationToken);
}
