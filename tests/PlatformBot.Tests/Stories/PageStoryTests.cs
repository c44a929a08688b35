using Microsoft.Playwright;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>The same stories as people live them: in the chat page, with a keyboard and a mouse.</summary>
public sealed class PageStoryTests
{
    private const string WipeAndPush = """
        - step: wipe
          title: Wipe it
          destructive: wipes ${{ cluster.name }}
          run: [world, did, wiped]
          probe: [{ run: [world, has, wiped] }]
          verify: [{ run: [world, has, wiped] }]
          rollback: { run: [world, undo, wiped] }
        - step: push
          title: Push it
          run: [world, did, pushed, unless, broken]
          verify: [{ run: [world, has, pushed] }]
        """;

    [Fact]
    public async Task People_approve_and_retry_by_clicking_in_the_page()
    {
        await using var chat = await TheChat.WithAsync(WipeAndPush);
        await File.WriteAllTextAsync(Path.Combine(chat.World, "broken"), "", chat.Limit);
        await using var browser = await Browser.OpenAsync();
        var ada = await SitDownAsync(browser, chat, "ada");
        var grace = await SitDownAsync(browser, chat, "grace");

        await ada.FillAsync("#composer textarea", "/platform deploy infra");
        await ada.PressAsync("#composer textarea", "Enter");
        await ada.ClickAsync("#posts button:has-text('Approve')");
        await ada.WaitForSelectorAsync(".whisper >> text=someone else must approve it");
        chat.Done.ShouldBe(["broken"]);

        await grace.WaitForSelectorAsync("#posts >> text=wipes infra");
        await grace.ClickAsync("#posts button:has-text('Approve')");
        await grace.WaitForSelectorAsync("#posts >> text=approved by @grace");

        await ada.ClickAsync(".thread-link");
        await ada.WaitForSelectorAsync("#thread >> text=no route to broken");
        await ada.WaitForSelectorAsync("#thread button:has-text('Roll back')");
        await LookAsync(ada, "failed");
        File.Delete(Path.Combine(chat.World, "broken"));
        await ada.ClickAsync("#thread button:has-text('Retry')");
        await ada.WaitForSelectorAsync("#thread >> text=succeeded after");

        chat.Done.ShouldBe(["pushed", "wiped"]);
    }

    [Fact]
    public async Task People_show_a_file_and_look_at_it_in_the_page()
    {
        await using var chat = await TheChat.WithAsync(Cabling);
        await using var browser = await Browser.OpenAsync();
        var ada = await SitDownAsync(browser, chat, "ada");
        var grace = await SitDownAsync(browser, chat, "grace");
        await ada.FillAsync("#composer textarea", "/platform deploy infra");
        await ada.PressAsync("#composer textarea", "Enter");
        await ada.ClickAsync(".thread-link");
        await ada.WaitForSelectorAsync("#thread button:has-text('Confirm')");

        await ada.SetInputFilesAsync("#reply input[type=file]", Photo);
        await ada.FillAsync("#reply textarea", "here is how it looks");
        await ada.PressAsync("#reply textarea", "Enter");
        await ada.WaitForSelectorAsync("#thread >> text=rack.txt");
        await ada.ClickAsync("#thread button:has-text('Confirm')");
        await ada.FillAsync("#dialog textarea", "both lights are green");
        await ada.ClickAsync("#dialog button:has-text('Confirm')");

        await grace.ClickAsync(".thread-link");
        await grace.WaitForSelectorAsync("#thread >> text=SHA-256");
        await LookAsync(grace, "second-person");
        await grace.ClickAsync("#thread button:has-text('It is so')");
        await grace.WaitForSelectorAsync("#thread >> text=succeeded after");
        await LookAsync(grace, "confirmed");
    }

    [Fact]
    public async Task On_a_phone_what_nobody_can_undo_is_read_and_typed_without_scrolling_sideways()
    {
        await using var chat = await TheChat.WithAsync(ConvertNodes);
        await using var browser = await Browser.OpenAsync();
        var grace = await SitDownAsync(browser, chat, "grace");
        await grace.SetViewportSizeAsync(390, 844);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await grace.WaitForSelectorAsync("#posts button:has-text('Approve…')");
        await LookAsync(grace, "phone-approval");
        (await grace.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(390);

        await grace.ClickAsync("#posts button:has-text('Approve…')");
        await grace.FillAsync("#dialog input", "infar");
        await grace.ClickAsync("#dialog button:has-text('Approve')");
        await grace.WaitForSelectorAsync("#dialog >> text=You typed");
        await LookAsync(grace, "phone-wrong-name");
        await grace.FillAsync("#dialog input", "infra");
        await grace.ClickAsync("#dialog button:has-text('Approve')");

        await grace.WaitForSelectorAsync("#posts >> text=approved by @grace");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
    }

    private const string ConvertNodes = """
        - step: convert
          title: Convert ${{ node.name }}
          each: node in cluster.nodes
          destructive: erases the etcd member, every pod and all container state of the old cluster on ${{ node.name }}
          irreversible: true
          run: [world, reset, --nodes, "${{ node.address }}", --graceful=false, --reboot, --system-labels-to-wipe, EPHEMERAL, --wait=false]
          probe: [{ run: [world, has, said] }]
          verify: [{ run: [world, has, said] }]
        """;

    private const string Cabling = """
        - step: cable
          title: Cable the switch
          manual: { ask: "Put both links into ports 1 and 2,\nthen show the lights.", evidence: file, second-person: true }
        """;

    private static readonly FilePayload Photo = new()
    {
        Name = "rack.txt",
        MimeType = "text/plain",
        Buffer = "port 1: green\nport 2: green\n"u8.ToArray(),
    };

    /// <summary>With LOOK set to a folder, for a person to look at.</summary>
    private static async Task LookAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("LOOK") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png") });
    }

    private static async Task<IPage> SitDownAsync(Browser browser, TheChat chat, string who)
    {
        var page = await browser.PageAsync();
        await page.GotoAsync($"{chat.Server.BaseUri}?as={who}");
        await page.WaitForSelectorAsync(".channel.here");
        return page;
    }
}
