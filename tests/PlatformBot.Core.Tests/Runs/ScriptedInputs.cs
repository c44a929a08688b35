using System.Collections.Concurrent;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>What every step reads is what the test says.</summary>
internal sealed class ScriptedInputs : IInputs
{
    private readonly ConcurrentDictionary<string, Pin> _pins = [];

    public void Are(params Pin[] pins)
    {
        foreach (var pin in pins)
            _pins[pin.Input] = pin;
    }

    public Task<IReadOnlyList<Pin>> ReadAsync(
        Plan plan,
        IReadOnlyList<PlannedStep> steps,
        CancellationToken stopping
    ) =>
        Task.FromResult<IReadOnlyList<Pin>>(
            steps.Count == 0 ? [] : [.. _pins.Values.OrderBy(pin => pin.Input, StringComparer.Ordinal)]
        );
}
