namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>A line of the API.</summary>
internal sealed record Route(string Method, string Path, Func<Call, Task> Serve);
