using System.Collections.Immutable;

namespace PlatformBot.Core.Runs;

/// <summary>What somebody says of a manual step that they have done.</summary>
/// <param name="Number">of the journal's entry, so that nobody confirms by an old button what was said since</param>
/// <param name="Files">what they showed</param>
public sealed record Evidence(long Number, Person By, DateTimeOffset At, string Text, ImmutableList<EvidenceFile> Files)
{
    /// <summary>The second person who has looked; null while nobody has.</summary>
    public Glance? Confirmed { get; init; }

    /// <summary>When the last person who had to look had looked.</summary>
    public DateTimeOffset CompleteAt => Confirmed?.At ?? At;
}

/// <summary>What a second person said of somebody's evidence.</summary>
public sealed record Glance(Person By, DateTimeOffset At, string? Note);

/// <summary>A file that somebody showed, as it was when they confirmed.</summary>
/// <param name="Size">bytes</param>
/// <param name="Sha256">of its content, in hex</param>
/// <param name="Post">id of the chat post that it is attached to</param>
public sealed record EvidenceFile(string Name, long Size, string Sha256, string Post);
