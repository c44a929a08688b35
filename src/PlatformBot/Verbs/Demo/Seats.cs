using PlatformBot.Sandbox;

namespace PlatformBot.Verbs.Demo;

/// <summary>Puts people in front of the sandbox's chat.</summary>
internal static class Seats
{
    public static async Task<Watcher> SitAsync(
        SandboxWorld world,
        string name,
        Transcript transcript,
        bool aloud,
        CancellationToken cancellationToken
    )
    {
        var person = world.Chat.Persons[name];
        var seat = new ChatSeat(
            world.Chat.BaseUri,
            name,
            person.Id,
            person.Token,
            world.Chat.TeamId,
            world.Chat.OpsChannelId
        );
        await seat.SitDownAsync(cancellationToken);
        var watcher = new Watcher(seat, transcript);
        watcher.Start(aloud);
        return watcher;
    }

    /// <summary>The bot registers its command and learns who may what by itself, within a moment.</summary>
    public static async Task WaitForBotAsync(Watcher somebody, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await somebody.Seat.TypeAsync("/platform whoami", cancellationToken);

                if (
                    (await somebody.PrivateAsync(cancellationToken, aloud: false)).Contains(
                        "operator",
                        StringComparison.Ordinal
                    )
                )
                {
                    return;
                }
            }
            catch (DemoException)
            {
                // There is no such command yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }
    }
}
