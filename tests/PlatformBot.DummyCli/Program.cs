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
        using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true))
        {
            Ready(marker);
            Wait();
        }
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

static void Ready(string marker) => File.WriteAllText(marker, $"{Environment.ProcessId}");

static void Wait() => Thread.CurrentThread.Join(TimeSpan.FromMinutes(10));
