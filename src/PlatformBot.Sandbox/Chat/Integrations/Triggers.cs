using System.Security.Cryptography;
using System.Text;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Integrations;

/// <summary>A <c>trigger_id</c>: the long form for the integration, the short one for the person's client.</summary>
internal sealed record Trigger(string Signed, string ClientId);

/// <summary>
/// Makes and checks <c>trigger_id</c>s: <c>base64("id:user:ms:" + base64(signature))</c>, ECDSA P-256 with SHA-256, DER, over the
/// text up to and with the third colon. They live for 3 seconds and may be used more than once.
/// </summary>
internal sealed class Triggers(ChatState state) : IDisposable
{
    private const long LivesForMs = 3000;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Base64 of the DER SubjectPublicKeyInfo, as the client configuration shows it.</summary>
    public string PublicKey => Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo());

    public Trigger Issue(string userId)
    {
        var clientId = ChatState.NewId();
        var said = $"{clientId}:{userId}:{state.Now}:";
        var signature = _key.SignData(
            Encoding.UTF8.GetBytes(said),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.Rfc3279DerSequence
        );
        var signed = Convert.ToBase64String(Encoding.UTF8.GetBytes(said + Convert.ToBase64String(signature)));
        return new Trigger(signed, clientId);
    }

    /// <summary>The client part and the user that the trigger names.</summary>
    /// <exception cref="ChatException">It is no trigger of ours, or too old.</exception>
    public (string ClientId, string UserId) Check(string trigger)
    {
        var bytes = Decode(trigger);
        var parts = Encoding.UTF8.GetString(bytes).Split(':');

        if (parts is not [var clientId, var userId, var time, var signature] || !long.TryParse(time, out var at))
            throw Refuse("missing_data", "Trigger ID missing required data for interactive dialog.");

        if (state.Now - at > LivesForMs)
        {
            throw Refuse(
                "expired",
                "Trigger ID for interactive dialog is expired. Trigger IDs live for a maximum of 3 seconds."
            );
        }

        var isOurs = _key.VerifyData(
            Encoding.UTF8.GetBytes($"{clientId}:{userId}:{time}:"),
            Decode(signature),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.Rfc3279DerSequence
        );

        return isOurs
            ? (clientId, userId)
            : throw Refuse(
                "verify_signature_failed",
                "Signature verification failed of trigger ID for interactive dialog."
            );
    }

    private static byte[] Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length)
            ? bytes[..length]
            : throw Refuse("base64_decode_failed", "Failed to decode base64 for trigger ID for interactive dialog.");
    }

    private static ChatException Refuse(string why, string message) =>
        new(400, $"interactive_message.decode_trigger_id.{why}", message);

    public void Dispose() => _key.Dispose();
}
