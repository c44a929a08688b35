namespace PlatformBot.Core.Chat;

/// <summary>What the boxes under posts mean at a glance: the same everywhere.</summary>
internal static class Colours
{
    public const string Red = "#c4314b";
    public const string Amber = "#d9822b";
    public const string Green = "#2e7d32";
    public const string Blue = "#2f6f9f";
}
