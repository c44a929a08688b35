using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace PlatformBot.Cli;

/// <summary>
/// A process in a session of its own, so that a signal reaches everything it starts; where util-linux is there, tied to the bot:
/// when the bot dies, the kernel sends it TERM.
/// </summary>
internal sealed class ProcessGroup : IDisposable
{
    private const int Term = 15;
    private const int Kill = 9;

    private static readonly string[] SystemFolders = ["/usr/bin", "/bin"];
    private static readonly string? Setsid = FindInSystem("setsid");
    private static readonly string? Setpriv = FindInSystem("setpriv");

    /// <summary>
    /// The kernel ties a process to the *thread* that started it. A thread of the pool ends when it has been idle for a while, and
    /// would take the process with it; this one lives as long as the bot.
    /// </summary>
    private static readonly Lazy<BlockingCollection<Action>> Starter = new(StartThread);

    private readonly bool _ownSession;
    private readonly string _mark;

    private ProcessGroup(Process process, string tool, string mark, bool ownSession)
    {
        Process = process;
        (_mark, _ownSession) = (mark, ownSession);
        Identity = new(process.Id, ProcessTable.StartTimeOf(process.Id), ProcessTable.BootId, tool);
    }

    public Process Process { get; }

    public RunningProcess Identity { get; }

    /// <param name="mark">for this process and all that it starts</param>
    /// <exception cref="Win32Exception">The file cannot be started.</exception>
    public static Task<ProcessGroup> StartAsync(ProcessStartInfo start, string tool, string mark)
    {
        var ownSession = Wrap(start);
        start.Environment[ProcessMark.Variable] = mark;
        var started = new TaskCompletionSource<ProcessGroup>(TaskCreationOptions.RunContinuationsAsynchronously);

        Starter.Value.Add(() =>
        {
            try
            {
#pragma warning disable RS0030 // Banned everywhere else: this is the one place that starts processes.
                started.SetResult(new(Process.Start(start)!, tool, mark, ownSession));
#pragma warning restore RS0030
            }
            catch (Exception error) when (error is Win32Exception or IOException or InvalidOperationException)
            {
                started.SetException(error);
            }
        });

        return started.Task;
    }

    public void Terminate() => Signal(Term);

    public void KillAll() => Signal(Kill);

    /// <summary>Ends whatever is left of all that it started, also of what moved into a session of its own; returns when that is gone.</summary>
    public Task EndRestAsync(TimeSpan grace) => Leftovers.EndAsync(Rest, grace);

    private IEnumerable<int> Rest() =>
        ProcessTable.LivingWith(mark => mark == _mark).Concat(_ownSession ? ProcessTable.LivingIn(Identity.Pid) : []);

    public void Dispose() => Process.Dispose();

    private void Signal(int signal)
    {
        if (_ownSession)
            ProcessTable.Signal(-Identity.Pid, signal);
        else if (!Process.HasExited)
            ProcessTable.Signal(Identity.Pid, signal);
    }

    /// <summary>setsid and setpriv replace themselves by the tool, so that the pid is the tool's and the group's.</summary>
    private static bool Wrap(ProcessStartInfo start)
    {
        if (Setsid is null)
            return false;

        string[] before = Setpriv is null ? [] : [Setpriv, "--pdeathsig", "TERM", "--"];
        string[] argv = [.. before, start.FileName, .. start.ArgumentList];
        start.FileName = Setsid;
        start.ArgumentList.Clear();

        foreach (var argument in argv)
            start.ArgumentList.Add(argument);

        return true;
    }

    private static BlockingCollection<Action> StartThread()
    {
        var work = new BlockingCollection<Action>();
        var thread = new Thread(() =>
        {
            foreach (var start in work.GetConsumingEnumerable())
                start();
        })
        {
            IsBackground = true,
            Name = "process starter",
        };
        thread.Start();
        return work;
    }

    private static string? FindInSystem(string tool) =>
        SystemFolders.Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);
}
