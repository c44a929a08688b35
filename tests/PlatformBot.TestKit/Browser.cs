using Microsoft.Playwright;

namespace PlatformBot.TestKit;

/// <summary>
/// A real browser: the Chromium that <c>CHROMIUM</c> names, or Debian's. Where there is none, the test fails: a page that
/// nobody has looked at is not proven.
/// </summary>
public sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _chromium;

    private Browser(IPlaywright playwright, IBrowser chromium) => (_playwright, _chromium) = (playwright, chromium);

    public static async Task<Browser> OpenAsync()
    {
        var path = Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named
            ? named
            : "/usr/bin/chromium";

        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no {path}: install Chromium, or name one in CHROMIUM.", path);

        var playwright = await Playwright.CreateAsync();
        var chromium = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox"] }
        );
        return new Browser(playwright, chromium);
    }

    /// <summary>A page with cookies of its own: one for each person.</summary>
    public Task<IPage> PageAsync() => _chromium.NewPageAsync();

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        _playwright.Dispose();
    }
}
