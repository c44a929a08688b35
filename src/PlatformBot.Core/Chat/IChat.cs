using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>
/// The chat server, as the bot's voice. Calls retry by themselves while the server is away, and throw only when
/// <c>stopping</c> fires or the server refuses for good.
/// </summary>
public interface IChat
{
    /// <summary>The id of the channel where runs are posted; null as long as the server has not said it since the bot was started.</summary>
    string? KnownHomeChannel { get; }

    /// <summary>The id of the channel where runs are posted.</summary>
    Task<string> HomeChannelAsync(CancellationToken stopping);

    /// <summary>Creates a post and returns its id.</summary>
    /// <param name="channel">channel id</param>
    /// <param name="thread">id of the root post, or null</param>
    /// <param name="key">the same key never makes two posts, even when the first answer was lost or the bot restarted in between</param>
    /// <exception cref="ChatRefusedException">The server will never accept this.</exception>
    Task<string> PostAsync(string channel, string? thread, Post post, string key, CancellationToken stopping);

    /// <summary>Where a post is to be found, for people: a URL.</summary>
    string LinkTo(string postId);

    /// <summary>
    /// The files that a person has posted in the thread of one of our posts, after it; oldest first, each read to its end.
    /// Refused, before any is read, when they are too many or too large.
    /// </summary>
    /// <exception cref="ChatRefusedException">The post is gone, or a file cannot be read.</exception>
    Task<Result<EvidenceFile[]>> FilesAfterAsync(string postId, WantedFiles wanted, CancellationToken stopping);

    /// <summary>Replaces what a post of ours says.</summary>
    /// <exception cref="ChatRefusedException">The server will never accept this.</exception>
    Task EditAsync(string channel, string postId, Post post, CancellationToken stopping);
}

/// <summary>The chat server refused for good: the channel is gone, the post was deleted, the bot is not a member.</summary>
public sealed class ChatRefusedException(string message) : Exception(message);
