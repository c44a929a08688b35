using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using PlatformBot.Core;
using PlatformBot.Core.Chat;

namespace PlatformBot.Mattermost;

/// <summary>
/// At start and again and again: finds the team and the channel, keeps the slash command as it should be, and says what is wrong
/// and what to do about it. Most of these faults are silent in Mattermost.
/// </summary>
internal sealed partial class SelfTest(
    MattermostApi api,
    MattermostHome home,
    TriggerProof proof,
    SlashCommand command,
    IServer server,
    IHostApplicationLifetime lifetime,
    IOptions<MattermostOptions> options,
    IConversation conversation,
    TimeProvider clock,
    ILogger<SelfTest> logger
) : BackgroundService
{
    private bool _suspected;

    private static readonly TimeSpan WhileHomeless = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await StartedAsync(stoppingToken);

        while (true)
        {
            var findings = await LookAsync(stoppingToken);

            foreach (var finding in findings.Except(home.Findings))
                LogFinding(finding);

            await SuspectAsync(stoppingToken);
            home.Findings = findings;
            await Task.Delay(home.Known is null ? WhileHomeless : options.Value.SelfTestInterval, clock, stoppingToken);
        }
    }

    /// <summary>Taking the bot's name over is no mistake of the set-up, so it is not only logged. Said once, until it is over.</summary>
    private async Task SuspectAsync(CancellationToken stopping)
    {
        if (home.IsCommandShared && !_suspected)
        {
            await conversation.SuspectAsync(
                $"another command by the name /{options.Value.Trigger}",
                "the chat server's list of commands",
                stopping
            );
        }

        _suspected = home.IsCommandShared;
    }

    /// <summary>The listening address is known once the server has started.</summary>
    private async Task StartedAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stopping);
    }

    private async Task<List<string>> LookAsync(CancellationToken stopping)
    {
        var findings = new List<string>();

        if (await FindHomeAsync(findings, stopping) is not { } found)
            return findings;

        if (!await proof.HasKeyAsync(stopping))
        {
            findings.Add(
                "Mattermost publishes no AsymmetricSigningPublicKey, so it vouches for nobody who clicks or types a slash command: such votes are refused. Update the server, or vote in posts to the bot."
            );
        }

        await command.KeepAsync(found, findings, stopping);
        home.Found(found);

        return findings;
    }

    private async Task<Home?> FindHomeAsync(List<string> findings, CancellationToken stopping)
    {
        var me = await api.GetAsync("users/me", stopping);
        var team = await api.GetAsync($"teams/name/{options.Value.Team}", stopping);

        if (!me.Done || !team.Done)
        {
            findings.Add(
                $"There is no team \"{options.Value.Team}\" that the bot can see ({team}). Add the bot to the team."
            );
            return null;
        }

        var bot = new Person(me.Text("id"), me.Text("username"));

        if (!(me.Body.TryGetProperty("is_bot", out var isBot) && isBot.ValueKind == JsonValueKind.True))
        {
            findings.Add(
                $"{bot} is no bot account: its posts look like a person's. Make a bot account and use its token."
            );
        }

        var channel = await api.GetAsync($"teams/{team.Text("id")}/channels/name/{options.Value.Channel}", stopping);

        if (!channel.Done)
        {
            findings.Add(
                $"There is no channel \"{options.Value.Channel}\" in team \"{options.Value.Team}\" that the bot can see ({channel}). Make it, or add {bot} if it is private."
            );
            return null;
        }

        if (!await IsMemberAsync(channel.Text("id"), bot, stopping))
        {
            findings.Add($"The bot may not join ~{options.Value.Channel}. Add {bot} to it.");
            return null;
        }

        return new Home(bot, team.Text("id"), channel.Text("id"), CallbackUrl());
    }

    /// <summary>A public channel can be joined; a private one needs an invitation.</summary>
    private async Task<bool> IsMemberAsync(string channel, Person bot, CancellationToken stopping)
    {
        if ((await api.GetAsync($"channels/{channel}/members/{bot.Id}", stopping)).Done)
            return true;

        var body = new JsonObject { ["user_id"] = bot.Id };
        return (await api.AskAsync(HttpMethod.Post, $"channels/{channel}/members", body, stopping)).Done;
    }

    private string CallbackUrl()
    {
        var listening = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        return (options.Value.CallbackUrl ?? listening ?? "http://localhost:8080").TrimEnd('/');
    }

    [LoggerMessage(LogLevel.Warning, "Mattermost: {Finding}")]
    private partial void LogFinding(string finding);
}
