using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace PlatformBot.Cli;

/// <summary>
/// What runs on this host, as /proc tells it. Where there is no /proc, only signals are sent and nothing is known.
/// </summary>
internal static class ProcessTable
{
    private static readonly byte[] MarkIs = Encoding.ASCII.GetBytes($"\0{ProcessMark.Variable}=");

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

    /// <summary>The living of a group. A group outlives its first process, and the bot; its number is nobody else's until it is empty.</summary>
    public static IEnumerable<int> LivingIn(int group) =>
        Signal(-group, 0) ? Pids().Where(pid => Stat(pid) is { } stat && stat[2] == $"{group}" && IsAlive(stat)) : [];

    /// <summary>The living whose environment holds such a mark. One that has thrown its environment away is not found.</summary>
    public static IEnumerable<int> LivingWith(Func<string, bool> mark) =>
        Pids().Where(pid => MarkOf(pid) is { } its && mark(its) && Stat(pid) is { } stat && IsAlive(stat));

    private static IEnumerable<int> Pids() =>
        Directory.Exists("/proc")
            ? Directory
                .EnumerateDirectories("/proc")
                .Select(folder =>
                    int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) ? pid : 0
                )
                .Where(pid => pid > 0)
            : [];

    /// <summary>Zombies are dead: they wait for a parent that may never ask.</summary>
    private static bool IsAlive(string[] stat) => stat[0] is not ("Z" or "X");

    /// <summary>What follows the name in /proc/PID/stat: state, parent, group, …; null when there is no such process.</summary>
    private static string[]? Stat(int pid)
    {
        // The name in parentheses may hold spaces.
        var stat = Encoding.UTF8.GetString(Read(pid, "stat"));
        return stat.Length == 0 ? null : stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static string? MarkOf(int pid)
    {
        ReadOnlySpan<byte> environment = Read(pid, "environ");
        var at = environment.IndexOf(MarkIs);

        // The first variable has no end of another one before it.
        var value =
            at >= 0 ? environment[(at + MarkIs.Length)..]
            : environment.StartsWith(MarkIs.AsSpan(1)) ? environment[(MarkIs.Length - 1)..]
            : default;
        return value.IsEmpty
            ? null
            : Encoding.UTF8.GetString(value[..(value.IndexOf((byte)0) is >= 0 and var end ? end : value.Length)]);
    }

    private static byte[] Read(int pid, string what)
    {
        try
        {
            return File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{what}"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int pid, int signal);
}
