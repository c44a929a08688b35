namespace PlatformBot.Sandbox;

/// <summary>
/// What is made to go wrong, by name: "infra/cilium-install". A fault strikes a number of times (<c>times=2</c>) or, without
/// a number, until somebody clears it.
/// </summary>
public sealed class Faults
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _left = [];

    /// <summary>"infra/cilium-install" or "infra/cilium-install:times=1".</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public void Arm(string fault)
    {
        var parts = fault.Split(':', 2);
        var times = int.MaxValue;

        if (parts.Length == 2 && !TryParseTimes(parts[1], out times))
            throw new FormatException($"'{fault}' is not a fault: write name or name:times=N.");

        lock (_gate)
            _left[parts[0]] = times;
    }

    private static bool TryParseTimes(string text, out int times)
    {
        times = 0;
        return text.StartsWith("times=", StringComparison.Ordinal) && int.TryParse(text[6..], out times) && times > 0;
    }

    public void Clear(string name)
    {
        lock (_gate)
            _left.Remove(name);
    }

    /// <summary>The armed faults, in order of name.</summary>
    public IReadOnlyList<string> Armed
    {
        get
        {
            lock (_gate)
                return [.. _left.Keys.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>True while the fault lasts; does not use it up. For lasting conditions (an image that cannot be pulled).</summary>
    public bool Lasts(string name)
    {
        lock (_gate)
            return _left.ContainsKey(name);
    }

    /// <summary>True when the fault strikes now; uses one of its times up. For single events (a command that fails).</summary>
    public bool Strikes(string name)
    {
        lock (_gate)
        {
            if (!_left.TryGetValue(name, out var times))
                return false;

            if (times is not int.MaxValue && --_left[name] == 0)
                _left.Remove(name);

            return true;
        }
    }
}
