using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace PlatformBot.Mattermost;

/// <summary>
/// Marks what the bot hands out so that it knows it again: Mattermost sends a button's context and a dialog's state back
/// unsigned, and any user can send some of their own making.
/// </summary>
internal sealed class Seals(IOptions<MattermostOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Step = TimeSpan.FromHours(1);

    private readonly Lazy<byte[]> _key = new(() => SigningKey.ReadOrMake(options.Value.SigningKeyFile));

    /// <summary>A button's hidden context.</summary>
    /// <param name="post">id of the post that carries the button, or "" while it is being made</param>
    public JsonObject Button(string value, string channel, string post)
    {
        // To the full hour: an unchanged post is then byte for byte the same, and needs no edit.
        var ticks = (clock.GetUtcNow() + options.Value.ButtonLife).UtcTicks;
        var expires = Milliseconds(new DateTimeOffset(ticks - (ticks % Step.Ticks) + Step.Ticks, TimeSpan.Zero));

        return new JsonObject
        {
            ["value"] = value,
            ["channel"] = channel,
            ["post"] = post,
            ["expires"] = expires,
            ["mac"] = Mac("button", value, channel, post, expires),
        };
    }

    /// <summary>The button's value, or null with what is wrong. Other keys of the context are not looked at: newer servers add some.</summary>
    public string? OpenButton(JsonElement context, string channel, string post, out string wrong)
    {
        var (value, place, on, expires) = (
            Incoming.Text(context, "value"),
            Incoming.Text(context, "channel"),
            Incoming.Text(context, "post"),
            Incoming.Text(context, "expires")
        );

        wrong =
            !IsMac(Incoming.Text(context, "mac"), "button", value, place, on, expires)
                ? "a button that is not the bot's"
            : place != channel ? "a button of another channel"
            : on.Length > 0 && on != post ? "a button of another post"
            : IsOver(expires) ? "a button that has expired"
            : "";

        return wrong.Length == 0 ? value : null;
    }

    /// <summary>Text that only its owner can send back, in time.</summary>
    public string Dialog(JsonObject content)
    {
        content["expires"] = Milliseconds(clock.GetUtcNow() + options.Value.DialogLife);
        var text = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(content.ToJsonString()));

        return $"{text}.{Mac("dialog", text)}";
    }

    public JsonElement? OpenDialog(string state, out string wrong)
    {
        var parts = state.Split('.');

        if (parts.Length != 2 || !IsMac(parts[1], "dialog", parts[0]))
        {
            wrong = "a dialog that the bot did not open";
            return null;
        }

        var content = JsonElement.Parse(Base64Url.DecodeFromChars(parts[0]));
        wrong = IsOver(Incoming.Text(content, "expires")) ? "a dialog that has expired" : "";

        return wrong.Length == 0 ? content : null;
    }

    private bool IsOver(string expires) =>
        !long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        || clock.GetUtcNow().ToUnixTimeMilliseconds() >= at;

    private bool IsMac(string mac, params ReadOnlySpan<string> parts) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(mac), Encoding.UTF8.GetBytes(Mac(parts)));

    /// <summary>Each part goes in with its length, so that no two lists of parts read the same.</summary>
    private string Mac(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder();

        foreach (var part in parts)
            text.Append(CultureInfo.InvariantCulture, $"{part.Length}:").Append(part);

        return Base64Url.EncodeToString(HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string Milliseconds(DateTimeOffset time) =>
        time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}
