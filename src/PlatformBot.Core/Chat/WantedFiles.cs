using System.Collections.Immutable;

namespace PlatformBot.Core.Chat;

/// <summary>Whose files are wanted as evidence. All are read to their end while people wait, so there is a limit.</summary>
/// <param name="Author">user id</param>
/// <param name="Known">ids of posts whose files are evidence already</param>
public sealed record WantedFiles(string Author, ImmutableHashSet<string> Known)
{
    private const int Most = 20;

    /// <summary>Bytes, all together.</summary>
    private const long Largest = 100 * 1000 * 1000;

    private const string Fewer = "Delete those that say nothing, or pack them into one, then confirm again.";
    private const string Smaller = "Delete what says nothing, or show a smaller part of it, then confirm again.";

    /// <summary>Why so many are not read; null when they are.</summary>
    public static Refusal? TooMany(int files) =>
        files <= Most ? null : new Refusal($"These are {files} files; {Most} are the most that are evidence.", Fewer);

    /// <summary>Why so much is not read; null when it is.</summary>
    /// <param name="bytes">of all files together</param>
    public static Refusal? TooLarge(long bytes) =>
        bytes <= Largest
            ? null
            : new Refusal(
                $"These files have {Words.Bytes(bytes)}; {Words.Bytes(Largest)} are the most that are evidence.",
                Smaller
            );
}
