using System.Text.Json;

namespace PlatformBot.Terminal;

/// <summary>What goes over the socket: JSON over HTTP, between two processes of one version on one host.</summary>
internal static class ConsoleWire
{
    public const string Hello = "/hello";
    public const string Command = "/command";
    public const string Vote = "/vote";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        MaxDepth = 4,
    };
}

/// <summary>What a command's author needs in order to sign it.</summary>
internal sealed record Hello(string Bot, string Nonce);

/// <param name="Text">Markdown, as in chat</param>
/// <param name="Attached">for a file</param>
internal sealed record ConsoleAnswer(string Text, bool Refused, string? Attached);
