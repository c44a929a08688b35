using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;

namespace PlatformBot.Benchmarks;

/// <summary>Steps that read nothing.</summary>
internal sealed class NoInputs : IInputs
{
    public Task<IReadOnlyList<Pin>> ReadAsync(
        Plan plan,
        IReadOnlyList<PlannedStep> steps,
        CancellationToken stopping
    ) => Task.FromResult<IReadOnlyList<Pin>>([]);
}
