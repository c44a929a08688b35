using System.Text.Json.Nodes;
using Microsoft.Playwright;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Chat;

/// <summary>The page in a real browser.</summary>
public sealed class PageTests
{
    [Fact]
    public async Task People_chat_press_buttons_and_fill_dialogs_in_the_browser()
    {
        await using var stage = await Stage.SetAsync();
        await stage.RegisterAsync();
        stage.Answer = call => AnswerAsync(stage, call);
        await using var browser = await Browser.OpenAsync();
        var page = await browser.PageAsync();
        var complaints = new List<string>();
        page.PageError += (_, error) => complaints.Add(error);
        page.Dialog += (_, alert) => complaints.Add(alert.Message);

        await page.GotoAsync(stage.Chat.BaseUri + "?as=ada");
        await page.FillAsync("#composer textarea", "/pl");
        await page.PressAsync("#composer textarea", "Tab");
        await page.Keyboard.TypeAsync("bootstrap infra");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync(".whisper >> text=Only for you");
        stage.Calls.Last().Form["text"].ShouldBe("bootstrap infra");

        await stage.PostButtonAsync();
        await page.SelectOptionAsync("#person", "grace");
        await page.ClickAsync("text=Approve");
        await page.FillAsync("dialog textarea", "looks right");
        await page.ClickAsync("dialog button[type=submit]");
        await page.WaitForSelectorAsync("dialog", new() { State = WaitForSelectorState.Hidden });
        stage.Calls.Last().Json["submission"]!["reason"].ShouldBe("looks right");
        stage.Calls.Last().Json["user_id"].ShouldBe(stage.Chat.Persons["grace"].Id);

        await stage.SayAsync(stage.Chat.Persons["mallory"].Token, "<img src=x onerror=alert(1)> **bold** `<i>`");
        await page.WaitForSelectorAsync("text=<img src=x onerror=alert(1)>");
        (await page.Locator(".text img").CountAsync()).ShouldBe(0);
        (await page.Locator(".whisper").CountAsync()).ShouldBe(0, "what was for ada alone is not for grace");
        complaints.ShouldBeEmpty();
    }

    private static async Task<Says> AnswerAsync(Stage stage, Received call)
    {
        if (call.Path == "/slash")
            return new Says("""{"text":"Only for you"}""");

        if (call.Path == "/action")
        {
            var dialog = new JsonObject
            {
                ["trigger_id"] = (string)call.Json["trigger_id"]!,
                ["url"] = new Uri(stage.IntegrationUri, "/dialog").ToString(),
                ["dialog"] = JsonNode.Parse(
                    """{"title":"Why?","elements":[{"display_name":"Reason","name":"reason","type":"textarea"}]}"""
                ),
            };
            await stage.PostAsync(token: null, "/actions/dialogs/open", dialog);
        }

        return new Says("{}");
    }

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/sandbox/chat.css", "text/css")]
    [InlineData("/sandbox/chat.js", "text/javascript")]
    [InlineData("/sandbox/markdown.js", "text/javascript")]
    [InlineData("/sandbox/persons", "application/json")]
    public async Task The_page_and_its_parts_are_served(string path, string type)
    {
        await using var stage = await Stage.SetAsync();

        var heard = await stage.GetAsync(token: null, "/" + path);

        heard.Status.ShouldBe(200);
        heard.Response.Content.Headers.ContentType!.MediaType.ShouldBe(type);
    }
}
