using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Approvals;

/// <summary>What steps read besides their own words: the files that their commands name, the programs, the clusters.</summary>
public interface IInputs
{
    /// <summary>
    /// The inputs of these steps as they are at this moment, in order of name. Never throws for what the world answers: what cannot be
    /// told says why.
    /// </summary>
    /// <param name="plan">whose steps they are: what it is there to change is no input</param>
    Task<IReadOnlyList<Pin>> ReadAsync(Plan plan, IReadOnlyList<PlannedStep> steps, CancellationToken stopping);
}
