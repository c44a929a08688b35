using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PlatformBot.Core;
using PlatformBot.Core.Runs;

namespace PlatformBot.Tests.Stories;

/// <summary>The bot as a process of its own.</summary>
internal sealed partial class TheChat
{
    /// <summary>SIGKILL.</summary>
    public Task KillBotAsync() => _program!.KillAsync();

    /// <summary>The bot stands still, as a suspended one does.</summary>
    public void FreezeBot() => _program!.Freeze();

    public void ThawBot() => _program!.Thaw();

    /// <summary>SIGTERM.</summary>
    public void AskBotToGo() => _program!.AskToGo();

    /// <summary>Waits until it has gone by itself; returns its exit code.</summary>
    public Task<int> BotHasGoneAsync() => _program!.ExitAsync();

    /// <summary>Its disk is full, or not any more: no file of its grows, as the kernel sees to it.</summary>
    public Task DiskIsFullAsync(bool full) => _program!.LimitFilesAsync(full ? "0:unlimited" : "unlimited:unlimited");

    /// <summary>Another bot with the same settings, but a port of its own; returns its exit code.</summary>
    public async Task<int> SecondBotAsync()
    {
        var settings = Settings();
        settings["Urls"] = $"http://127.0.0.1:{FreePort()}";
        using var second = BotProgram.Start(settings);
        return await second.ExitAsync();
    }

    public Task<string> HealthAsync() => _http.GetStringAsync(new Uri(Tap.To!, "healthz"), Limit);

    /// <summary>Pids of the tool, one for each time that it was started.</summary>
    public async Task<IReadOnlyList<int>> PidsAsync()
    {
        var path = Path.Combine(World, "pids");
        return File.Exists(path)
            ?
            [
                .. (await File.ReadAllLinesAsync(path, Limit)).Select(line =>
                    int.Parse(line, CultureInfo.InvariantCulture)
                ),
            ]
            : [];
    }

    /// <summary>Waits until the tool was started and the journal knows its process; returns its pid.</summary>
    public async Task<int> HeldAsync()
    {
        while ((await PidsAsync()).Count == 0 || Happened<RunEvent.ProcessStarted>() == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Limit);

        return (await PidsAsync())[0];
    }

    /// <summary>Somebody edits the runbook. The bot reads it when it starts.</summary>
    public async Task EditStepsAsync(Func<string, string> edit)
    {
        var path = Path.Combine(_folder, "commands", "phases", "rollout.yaml");
        await File.WriteAllTextAsync(path, edit(await File.ReadAllTextAsync(path, Limit)), Limit);
    }

    /// <summary>Lets go whatever holds on, and whatever would.</summary>
    public Task FreeAsync() => File.WriteAllTextAsync(Path.Combine(World, "free"), "", Limit);

    /// <summary>Waits until the journal says that the run is so.</summary>
    public async Task UntilAsync(Func<Run, bool> so, int number = 1)
    {
        while (Run.Replay(Journal.Where(entry => entry.Run == new RunId(number))) is not { } run || !so(run))
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Limit);
    }

    /// <summary>How often the journal says that this happened.</summary>
    public int Happened<TEvent>()
        where TEvent : RunEvent => Journal.Count(entry => entry.What is TEvent);

    /// <summary>What is alive of a process group.</summary>
    public static IReadOnlyList<string> LivingIn(int group) =>
        [
            .. Directory
                .GetDirectories("/proc")
                .Select(folder => Path.Combine(folder, "stat"))
                .Where(File.Exists)
                .Select(ReadOrNothing)
                .Where(stat => stat.Length > 0)
                .Where(stat =>
                    stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is [not "Z", _, var of, ..] && of == $"{group}"
                ),
        ];

    private static string ReadOrNothing(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // It has gone meanwhile.
            return "";
        }
    }

    private void StartProgram()
    {
        _program?.Dispose();
        var settings = Settings();
        Tap.To = new Uri($"http://127.0.0.1:{FreePort()}");
        settings["Urls"] = Tap.To.ToString();
        _program = BotProgram.Start(settings);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
