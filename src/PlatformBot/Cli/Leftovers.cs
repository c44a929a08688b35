namespace PlatformBot.Cli;

/// <summary>
/// Ends processes that should not be there any more: TERM, a grace in which they may tidy up (Git removes its locks), KILL. Real time:
/// processes know no other.
/// </summary>
internal static class Leftovers
{
    private const int Term = 15;
    private const int Kill = 9;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// After KILL. A killed process still exists for a moment, longer on a busy host. One that the kernel cannot end (it waits for
    /// a disk) is given up: it will not run a line of its own any more.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>What an earlier life of this bot has left on this host: the groups that it wrote down, and all that carry its mark.</summary>
    public static Task EndAsync(IReadOnlyList<RunningProcess> written, ProcessMark mark, TimeSpan grace)
    {
        var groups = written.Where(IsStill).Select(process => process.Pid).ToList();
        return EndAsync(() => groups.SelectMany(Of).Concat(ProcessTable.LivingWith(mark.IsOfAnEarlierLife)), grace);
    }

    /// <param name="living">asked again and again: what is ended may start something just before</param>
    public static async Task EndAsync(Func<IEnumerable<int>> living, TimeSpan grace)
    {
        if (!await GoneAsync(living, Term, grace))
            await GoneAsync(living, Kill, Patience);
    }

    public static IEnumerable<int> Of(int group) => ProcessTable.LivingIn(group);

    /// <summary>Whoever appears later gets the signal, too; nobody gets it twice, as if somebody were in a hurry.</summary>
    private static async Task<bool> GoneAsync(Func<IEnumerable<int>> living, int signal, TimeSpan limit)
    {
        var told = new HashSet<int>();

        for (var waited = TimeSpan.Zero; living().ToList() is { Count: > 0 } left; waited += LookEvery)
        {
            if (waited >= limit)
                return false;

            foreach (var pid in left.Where(told.Add))
                ProcessTable.Signal(pid, signal);

            await Task.Delay(LookEvery, TimeProvider.System);
        }

        return true;
    }

    /// <summary>A pid is not given to anybody else while a group of that number exists: a first process of another age is a stranger's.</summary>
    private static bool IsStill(RunningProcess first) =>
        first.BootId == ProcessTable.BootId
        && (ProcessTable.StartTimeOf(first.Pid) is var start && (start == first.StartTime || start.Length == 0));
}
