using System.Text.Json.Nodes;
using Microsoft.Extensions.Primitives;
using PlatformBot.Core;
using PlatformBot.Core.Chat;

namespace PlatformBot.Mattermost;

/// <summary>
/// POST /mattermost/command: a slash command. The token says that Mattermost sent it; team admins can read the token,
/// so the signed trigger must name the person as well.
/// </summary>
internal sealed class CommandEndpoint(
    MattermostHome home,
    TriggerProof proof,
    Dialogs dialogs,
    IConversation conversation,
    PersonLimit limit,
    Suspicions suspicions
)
{
    /// <summary>Said with 200: of any other status, Mattermost shows people nothing but its number.</summary>
    private const string TooEarly =
        ":hourglass: I am only just starting and do not know my own command yet, so nothing was done. Say it again in a few seconds. If this stays, my log says why.";

    public async Task HandleAsync(HttpContext http)
    {
        if (await Incoming.ReadFormAsync(http) is not { } form)
            return;

        // Nothing is suspicious about a token that cannot be judged yet.
        if (!home.KnowsCommands)
        {
            await AnswerAsync(http, TooEarly);
            return;
        }

        var user = Incoming.Text(form, "user_id");

        if (!home.IsCommand(Incoming.Text(form, "team_id"), Incoming.Text(form, "token")))
        {
            await suspicions.RaiseAsync("a slash command with a token that is not the bot's", http, user);
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var trigger = Incoming.Text(form, "trigger_id");

        var verdict = await proof.CheckAsync(trigger, user, http.RequestAborted);

        if (verdict == Proof.False)
        {
            await suspicions.RaiseAsync("a slash command without the chat server's signature for its user", http, user);
            await AnswerAsync(http, Answers.Refused);
            return;
        }

        if (!await limit.AdmitsAsync(user, http))
        {
            await AnswerAsync(http, PersonLimit.TooMany);
            return;
        }

        await AnswerAsync(http, await HearAsync(http, form, trigger, verdict == Proof.Verified));
    }

    private async Task<string> HearAsync(
        HttpContext http,
        Dictionary<string, StringValues> form,
        string trigger,
        bool isProven
    )
    {
        var reply = await conversation.HearAsync(Read(form, trigger, isProven, http), http.RequestAborted);
        return await dialogs.ShowAsync(reply, PersonOf(form), ChannelOf(form), trigger, http.RequestAborted);
    }

    private static ChatCommand Read(
        Dictionary<string, StringValues> form,
        string trigger,
        bool isProven,
        HttpContext http
    ) =>
        new(
            new Caller(PersonOf(form), Incoming.Origin("slash", $"channel {ChannelOf(form)}", http), isProven),
            Incoming.Text(form, "team_id"),
            ChannelOf(form),
            Incoming.Text(form, "text"),
            trigger
        );

    private static Person PersonOf(Dictionary<string, StringValues> form) =>
        new(Incoming.Text(form, "user_id"), Incoming.Text(form, "user_name"));

    private static string ChannelOf(Dictionary<string, StringValues> form) => Incoming.Text(form, "channel_id");

    /// <summary>Exactly 200 and application/json, or Mattermost tells the person that the command failed.</summary>
    private static Task AnswerAsync(HttpContext http, string text) =>
        Answers.SendAsync(
            http,
            text.Length == 0
                ? new JsonObject()
                : new JsonObject
                {
                    ["response_type"] = "ephemeral",
                    ["text"] = text,
                    // Otherwise <!channel> in an echoed word becomes a real mention.
                    ["skip_slack_parsing"] = true,
                }
        );
}
