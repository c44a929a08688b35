using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Posts;

/// <summary>
/// Buttons of ephemeral posts are stored nowhere: each carries where it leads in an encrypted cookie, which the client sends back.
/// </summary>
internal sealed class Cookies : IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly AesGcm _cipher = new(RandomNumberGenerator.GetBytes(32), TagSize);

    /// <summary>Puts a cookie in the place of each button's integration. Bound to post and channel, not to a person.</summary>
    public void Bake(JsonArray attachments, string postId, string channelId)
    {
        foreach (var action in Attachments.ActionsOf(attachments))
        {
            if (action["integration"] is not JsonObject integration)
                continue;

            action["cookie"] = Seal(
                new JsonObject
                {
                    ["type"] = action.String("type"),
                    ["url"] = integration.String("url"),
                    ["context"] = integration["context"]?.DeepClone(),
                    ["post_id"] = postId,
                    ["channel_id"] = channelId,
                }
            );
            action.Remove("integration");
        }
    }

    private string Seal(JsonObject secret)
    {
        var plain = Encoding.UTF8.GetBytes(secret.ToJsonString());
        var all = new byte[NonceSize + plain.Length + TagSize];
        var nonce = all.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        _cipher.Encrypt(nonce, plain, all.AsSpan(NonceSize, plain.Length), all.AsSpan(^TagSize..));
        return Convert.ToBase64String(all);
    }

    /// <summary>Null for anything that this server did not bake.</summary>
    public JsonObject? Open(string cookie)
    {
        try
        {
            var all = Convert.FromBase64String(cookie);

            if (all.Length < NonceSize + TagSize)
                return null;

            var plain = new byte[all.Length - NonceSize - TagSize];
            _cipher.Decrypt(
                all.AsSpan(0, NonceSize),
                all.AsSpan(NonceSize, plain.Length),
                all.AsSpan(^TagSize..),
                plain
            );
            return JsonNode.Parse(plain)!.AsObject();
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return null;
        }
    }

    public void Dispose() => _cipher.Dispose();
}
