namespace PlatformBot.Core.Statements;

/// <summary>What the lists of keys say at this moment.</summary>
public interface ISignatures
{
    /// <summary>Whether this person's key signed that, for this use, and counts now.</summary>
    /// <param name="person">a name that <see cref="Signer.IsName"/></param>
    /// <param name="use">the namespace of the signature</param>
    Task<SignatureFinding> CheckAsync(Signed signed, string person, string use, CancellationToken cancelled);
}

/// <summary>What became of a signature.</summary>
/// <param name="Holds">null when that cannot be told, because the list of keys or ssh-keygen is not there: counts as no</param>
/// <param name="Saw">in words, for the journal: whoever is refused is not told</param>
public sealed record SignatureFinding(bool? Holds, string Saw);
