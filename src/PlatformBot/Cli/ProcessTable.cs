using System.Globalization;
using System.Runtime.InteropServices;

namespace PlatformBot.Cli;

/// <summary>
/// Which processes of this host belong to a group, whoever started them: groups outlive their first process, and the bot. Where
/// there is no /proc, only signals are sent and nothing is known.
/// </summary>
internal static class ProcessTable
{
    private const int Kill = 9;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>This start of the host; "" where it has no name.</summary>
    public static string BootId { get; } =
        File.Exists("/proc/sys/kernel/random/boot_id")
            ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()
            : "";

    /// <summary>Kernel ticks since boot; "" when there is no such process.</summary>
    public static string StartTimeOf(int pid) => Stat(pid) is { } stat ? stat[19] : "";

    /// <param name="pid">negative: all of that group</param>
    /// <returns>false when there is nobody to hear it</returns>
    public static bool Signal(int pid, int signal) => SendSignal(pid, signal) == 0;

    /// <summary>
    /// Waits until nothing of the group is alive. A killed process still exists for a moment, longer on a busy host; one that
    /// the kernel cannot end (a hung disk) is given up. Real time: processes know no other.
    /// </summary>
    public static async Task EmptiedAsync(int group)
    {
        for (var waited = TimeSpan.Zero; waited < Patience && IsAlive(group); waited += LookEvery)
            await Task.Delay(LookEvery, TimeProvider.System);
    }

    /// <summary>Ends what is left of a group that an earlier bot on this host started; harmless when nothing is.</summary>
    public static async Task EndLeftoverAsync(RunningProcess first)
    {
        // A pid is not given to anybody else while a group of that number exists: a first process of another age is a stranger's.
        var isOurs =
            first.BootId == BootId
            && (StartTimeOf(first.Pid) is var start && (start == first.StartTime || start.Length == 0));

        if (!isOurs || !IsAlive(first.Pid))
            return;

        Signal(-first.Pid, Kill);
        await EmptiedAsync(first.Pid);
    }

    /// <summary>Zombies are dead: they wait for a parent that may never ask.</summary>
    private static bool IsAlive(int group) =>
        Signal(-group, 0)
        && Directory
            .EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
            .Select(name => Stat(int.Parse(name!, CultureInfo.InvariantCulture)))
            .Any(stat => stat is not null && stat[2] == $"{group}" && stat[0] is not ("Z" or "X"));

    /// <summary>What follows the name in /proc/PID/stat: state, parent, group, …; null when there is no such process.</summary>
    private static string[]? Stat(int pid)
    {
        try
        {
            // The name in parentheses may hold spaces.
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int pid, int signal);
}
