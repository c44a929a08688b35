using PlatformBot.Sandbox;

namespace PlatformBot.CrashMatrix;

/// <summary>
/// Where every point is reached: the bot's journal and the simulated world ask here before they go on. Counts, and kills.
/// </summary>
internal sealed class Gate
{
    private readonly Lock _turn = new();
    private readonly Dictionary<PointKind, int> _reached = [];
    private readonly List<Death> _deaths = [];
    private Kills? _kills;

    /// <summary>The bot that lives now.</summary>
    public BotLife? Bot { get; set; }

    /// <summary>Whose requests to the chat server are the bot's.</summary>
    public string ChatToken { get; set; } = "";

    public IReadOnlyList<Death> Deaths
    {
        get
        {
            lock (_turn)
                return [.. _deaths];
        }
    }

    /// <summary>How many points of each kind the run has reached.</summary>
    public IReadOnlyDictionary<PointKind, int> Reached
    {
        get
        {
            lock (_turn)
                return new Dictionary<PointKind, int>(_reached);
        }
    }

    /// <summary>From now on points count.</summary>
    public void Arm(Kills kills)
    {
        lock (_turn)
        {
            _kills = kills;
            _reached.Clear();
            _deaths.Clear();
        }
    }

    public void Disarm()
    {
        lock (_turn)
            _kills = null;
    }

    /// <summary>The world's calls, as <see cref="SandboxOptions.Loses"/> tells of them.</summary>
    public Task<bool> LosesAsync(WorldCall call, CallMoment moment) =>
        Bot is { } bot && KindOf(call, moment) is { } kind ? ReachAsync(bot, kind, call.What) : Task.FromResult(false);

    /// <summary>True when the bot died here.</summary>
    public async Task<bool> ReachAsync(BotLife bot, PointKind kind, string what)
    {
        if (!Falls(bot, kind, what))
            return false;

        await bot.KillAsync();
        return true;
    }

    private bool Falls(BotLife bot, PointKind kind, string what)
    {
        lock (_turn)
        {
            // What a dead bot has left behind on the wire takes its course.
            if (_kills is null || bot != Bot || bot.IsDoomed)
                return false;

            var point = new Point(kind, _reached[kind] = _reached.GetValueOrDefault(kind) + 1);

            if (kind is not PointKind.AnyMoment && !_kills.Strikes(point))
                return false;

            bot.IsDoomed = true;
            _deaths.Add(new Death(point, what));
            return true;
        }
    }

    private PointKind? KindOf(WorldCall call, CallMoment moment) =>
        (call.Server, moment) switch
        {
            ("tool", CallMoment.Arrived) => PointKind.ToolBefore,
            ("tool", CallMoment.Underway) => PointKind.ToolMidway,
            ("tool", CallMoment.Done) => PointKind.ToolAfter,
            ("kubernetes", CallMoment.Arrived) when IsBots(call) => PointKind.ClusterBefore,
            ("kubernetes", CallMoment.Done) when IsBots(call) => PointKind.ClusterAfter,
            ("chat", CallMoment.Arrived) when call.Token == ChatToken => PointKind.ChatBefore,
            ("chat", CallMoment.Done) when call.Token == ChatToken => PointKind.ChatAfter,
            ("tracker", CallMoment.Arrived) => PointKind.TrackerBefore,
            ("tracker", CallMoment.Done) => PointKind.TrackerAfter,
            _ => null,
        };

    /// <summary>Tools ask the clusters, too.</summary>
    private static bool IsBots(WorldCall call) => call.Agent.StartsWith("platformbot", StringComparison.Ordinal);
}
