namespace PlatformBot.Core.Planning;

/// <summary>An order in which no step comes before one that it needs, and otherwise the order of the file; or the cycle that forbids one.</summary>
internal sealed class StepOrder
{
    private readonly IReadOnlyDictionary<string, IReadOnlyList<string>> _needs;
    private readonly Dictionary<string, int> _ranks = [];
    private readonly List<string> _path = [];

    public StepOrder(IReadOnlyDictionary<string, IReadOnlyList<string>> needs)
    {
        _needs = needs;

        foreach (var id in needs.Keys)
            Visit(id);
    }

    /// <summary>Steps that wait for each other, each for the next one; null when there are none.</summary>
    public IReadOnlyList<string>? Cycle { get; private set; }

    public int RankOf(string id) => _ranks.GetValueOrDefault(id);

    private void Visit(string id)
    {
        if (Cycle is not null || _ranks.ContainsKey(id))
            return;

        if (_path.IndexOf(id) is >= 0 and var start)
        {
            Cycle = [.. _path.Skip(start)];
            return;
        }

        _path.Add(id);

        foreach (var need in _needs.GetValueOrDefault(id) ?? [])
            Visit(need);

        _path.RemoveAt(_path.Count - 1);
        _ranks[id] = _ranks.Count;
    }
}
