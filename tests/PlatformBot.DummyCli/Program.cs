using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

// A real program that behaves as badly as real programs do. One word says how, the rest are its arguments.
var stdout = Console.OpenStandardOutput();
var stderr = Console.OpenStandardError();

// Under another tool's name it answers as that tool once did, whatever it is asked: exit code, stream, and what was printed.
if (Environment.GetEnvironmentVariable("DUMMY_ANSWER") is { } recording)
{
    var answer = File.ReadAllText(recording).Split('\n', 3);
    (answer[1] == "stdout" ? stdout : stderr).Write(Encoding.UTF8.GetBytes(answer[2]));
    return int.Parse(answer[0]);
}

switch (args)
{
    case ["echo", .. var words]:
        Print(string.Join('\0', words));
        return 0;

    case ["exit", var code, .. var words]:
        stderr.Write(Encoding.UTF8.GetBytes(string.Join(' ', words)));
        return int.Parse(code);

    case ["environment"]:
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
            Print($"{variable.Key}={variable.Value}\n");
        return 0;

    case ["copy"]:
        Console.OpenStandardInput().CopyTo(stdout);
        return 0;

    case ["flood", var mebibytes]:
        var line = Encoding.ASCII.GetBytes(new string('x', 1023) + "\n");
        for (var kibibyte = 0L; kibibyte < long.Parse(mebibytes) * 1024; kibibyte++)
            stdout.Write(line);
        Print("the end\n");
        return 0;

    case ["garbage"]:
        stdout.Write([0x61, 0xFF, 0xC3, 0x28, 0x62, 0xE2, 0x82]);
        return 0;

    case ["hang", var marker]:
        Ready(marker);
        Wait();
        return 0;

    case ["stubborn", var marker]:
        RefuseToGo(marker);
        return 0;

    case ["silent", var marker]:
        // Nobody can tell from its pipes that it is still there.
        foreach (var descriptor in new[] { 0, 1, 2 })
            _ = CloseDescriptor(descriptor);
        RefuseToGo(marker);
        return 0;

    case ["die"]:
        _ = SendSignal(Environment.ProcessId, 9);
        Wait();
        return 0;

    case ["flood", var mebibytes, "in one line"]:
        var piece = Encoding.ASCII.GetBytes(new string('x', 1024));
        for (var kibibyte = 0L; kibibyte < long.Parse(mebibytes) * 1024; kibibyte++)
            stdout.Write(piece);
        return 0;

    case ["escape", var how, var marker]:
        // A session of its own and a parent that is gone at once: neither group nor parent leads there.
#pragma warning disable RS0030 // As above.
        Process.Start(new ProcessStartInfo("setsid", ["--fork", Environment.ProcessPath!, how, marker]))!.WaitForExit();
#pragma warning restore RS0030
        while (!File.Exists(marker))
            Thread.Yield();
        return 0;

    case ["naked", var marker]:
        // In the same group, with an environment that holds nothing of ours.
        var bare = new ProcessStartInfo(Environment.ProcessPath!, ["hang", marker]);
        foreach (
            var name in bare
                .Environment.Keys.Where(name => name.StartsWith("PLATFORMBOT_", StringComparison.Ordinal))
                .ToList()
        )
        {
            bare.Environment.Remove(name);
        }
#pragma warning disable RS0030 // As above.
        Process.Start(bare)!.WaitForExit();
#pragma warning restore RS0030
        return 0;

    case ["leave", var marker]:
        Ready(marker);
        return 0;

    case ["fork", var marker]:
        // The child inherits stdout and keeps it open after its parent has gone.
#pragma warning disable RS0030 // This program is what the bot's own runner is tried on.
        var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["hang", marker]))!;
#pragma warning restore RS0030
        Print($"{child.Id}\n");
        return 0;

    default:
        Print("what?\n");
        return 64;
}

void Print(string text) => stdout.Write(Encoding.UTF8.GetBytes(text));

static void RefuseToGo(string marker)
{
    using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true))
    {
        Ready(marker);
        Wait();
    }
}

static void Ready(string marker) => File.WriteAllText(marker, $"{Environment.ProcessId}");

static void Wait() => Thread.CurrentThread.Join(TimeSpan.FromMinutes(10));

[DllImport("libc", EntryPoint = "close")]
[DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
static extern int CloseDescriptor(int descriptor);

[DllImport("libc", EntryPoint = "kill")]
[DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
static extern int SendSignal(int pid, int signal);
