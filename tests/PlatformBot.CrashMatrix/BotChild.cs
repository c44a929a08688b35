using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PlatformBot.Core.Journals;
using PlatformBot.Hosting;
using PlatformBot.Sandbox;
using PlatformBot.Storage;
using PlatformBot.Verbs.Demo;

namespace PlatformBot.CrashMatrix;

/// <summary>How a bot is to live: its settings, and the platform's clock.</summary>
/// <param name="At">what the platform's clock showed …</param>
/// <param name="When">… at this moment of real time</param>
internal sealed record BotPlan(
    Dictionary<string, string?> Settings,
    double Speed,
    DateTimeOffset At,
    DateTimeOffset When
);

/// <summary>
/// The process that is killed: the real bot, put together as always, but for a journal that says aloud what it is about to
/// write, and that it has written it, and goes on only when it is told to.
/// </summary>
internal static class BotChild
{
    /// <summary>The program's first argument when it is to be the bot; the second one is the file with the plan.</summary>
    public const string Word = "be-the-bot";

    public static async Task<int> RunAsync(string planFile)
    {
        using var line = new ChildLine(Console.OpenStandardInput(), Console.OpenStandardOutput());
        var plan = JsonSerializer.Deserialize<BotPlan>(await File.ReadAllTextAsync(planFile))!;
        var passed = TimeProvider.System.GetUtcNow() - plan.When;
        var clock = new FastClock(TimeProvider.System, plan.Speed, plan.At + passed * plan.Speed);

        await using var app = BotApp.Build(
            plan.Settings,
            clock,
            logging => DemoLog.Configure(logging, verbose: true),
            parts =>
                parts.AddSingleton<IJournal>(provider => new ToldJournal(
                    new SqliteJournal(provider.GetRequiredService<IOptions<StorageOptions>>().Value.Journal, clock),
                    line
                ))
        );
        await app.StartAsync(CancellationToken.None);
        await line.EndedAsync();
        return 0;
    }
}
