using System.Text.Json.Nodes;
using Shouldly;

namespace PlatformBot.Sandbox.Tests.Chat;

internal static class ShouldBeText
{
    /// <summary>A JSON value, compared as what it holds.</summary>
    public static void ShouldBe(this JsonNode? node, string expected) => ((string?)node).ShouldBe(expected);
}
