using PlatformBot.Core.Runbooks;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Runbooks;

public sealed class ToolBookTests : IDisposable
{
    private readonly CatalogueFolder _folder = new CatalogueFolder().WithSteps(
        "- { step: a, run: [helm], proves-itself: true }"
    );

    [Fact]
    public void The_first_row_that_fits_says_what_a_failure_means()
    {
        var tools = _folder.Read().Tools;

        tools
            .Read(["helm", "install", "x"], 1, "", "Error: CANNOT re-use a name that is still in use")
            .ShouldBe(new ToolWord(ToolMeaning.Done, null));
        tools
            .Read(["helm", "upgrade", "x"], 1, "another operation (upgrade) is in progress", "")
            .ShouldBe(new ToolWord(ToolMeaning.Retry, "Somebody else is at it."));
        tools.Read(["helm", "upgrade", "x"], 1, "", "cannot re-use a name").ShouldBeNull("the row is for install");
        tools.Read(["helm", "install", "x"], 0, "cannot re-use a name", "").ShouldBeNull("it succeeded");
        tools.Read(["kubectl", "get"], 1, "", "another operation").ShouldBeNull("nobody wrote a file for kubectl");
    }

    [Fact]
    public void Sensitive_sub_commands_are_known_with_flags_between_their_words()
    {
        var tools = _folder.Read().Tools;

        tools.IsSensitive(["helm", "get", "--namespace", "x", "values", "release"]).ShouldBeTrue();
        tools.IsSensitive(["helm", "get", "manifest", "release"]).ShouldBeFalse();
        tools.Environment("helm").ShouldBe(["HELM_DEBUG"]);
        tools.Names.ShouldBe(["helm", "platformbot"]);
    }

    [Theory]
    [InlineData("bootstrp", "bootstrap")]
    [InlineData("boostrap", "bootstrap")]
    [InlineData("sttaus", "status")]
    [InlineData("xyz", null)]
    [InlineData("", null)]
    public void A_word_that_is_near_is_suggested(string word, string? meant) =>
        Suggestion.For(word, ["bootstrap", "status", "plan"]).ShouldBe(meant);

    public void Dispose() => _folder.Dispose();
}
