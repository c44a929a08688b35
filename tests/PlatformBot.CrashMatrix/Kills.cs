namespace PlatformBot.CrashMatrix;

/// <summary>At which of the points that a run reaches the bot dies.</summary>
internal abstract class Kills
{
    /// <summary>How long after the run was asked for the bot dies wherever it is; null: it does not.</summary>
    public virtual TimeSpan? After => null;

    /// <summary>Asked once for every point, in the order in which they are reached.</summary>
    public abstract bool Strikes(Point point);
}

/// <summary>One death at one point; none for null.</summary>
internal sealed class OneKill(Point? at) : Kills
{
    /// <summary>Points of the kind <see cref="PointKind.AnyMoment"/> are this far from one another.</summary>
    public static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(75);

    public override TimeSpan? After => at is { Kind: PointKind.AnyMoment, Number: var number } ? number * Grain : null;

    public override bool Strikes(Point point) => point == at;
}

/// <summary>
/// Many deaths in one run, one after the other: each at a random kind of point, a random number of such points after the
/// death before. The same seed chooses the same; what a busy machine makes of it may differ a little.
/// </summary>
internal sealed class ManyKills : Kills
{
    /// <summary>Rare kinds at their next point, common ones further on.</summary>
    private static readonly (PointKind Kind, int Within)[] Reaches =
    [
        (PointKind.JournalBefore, 12),
        (PointKind.JournalAfter, 12),
        (PointKind.ToolBefore, 8),
        (PointKind.ToolMidway, 1),
        (PointKind.ToolAfter, 8),
        (PointKind.ClusterBefore, 12),
        (PointKind.ClusterAfter, 12),
        (PointKind.ChatBefore, 12),
        (PointKind.ChatAfter, 12),
        (PointKind.TrackerBefore, 1),
        (PointKind.TrackerAfter, 1),
    ];

    private readonly Random _random;
    private readonly int _patience;
    private int _left;
    private PointKind _kind;
    private int _until;
    private int _waited;

    /// <param name="patience">after how many other points a kind is given up that does not come up</param>
    public ManyKills(int seed, int deaths, int patience)
    {
        _random = new Random(seed);
        _patience = patience;
        _left = deaths;
        ChooseNext();
    }

    public override bool Strikes(Point point)
    {
        if (_left == 0)
            return false;

        if (point.Kind != _kind)
        {
            if (++_waited > _patience)
                ChooseNext();

            return false;
        }

        if (--_until > 0)
            return false;

        _left--;
        ChooseNext();
        return true;
    }

    private void ChooseNext()
    {
#pragma warning disable CA5394 // Chosen by a seed, so that it can be chosen again.
        var (kind, within) = Reaches[_random.Next(Reaches.Length)];
        (_kind, _until, _waited) = (kind, _random.Next(1, within + 1), 0);
#pragma warning restore CA5394
    }
}
