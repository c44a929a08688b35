using Microsoft.Extensions.Options;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Runbooks;

namespace PlatformBot.Hosting;

/// <summary>Section "Freeze": when nothing may be destroyed.</summary>
internal sealed record FreezeOptions
{
    public const string Section = "Freeze";

    /// <summary>Each once, or every week.</summary>
    public List<FreezeWindowOptions> Windows { get; init; } = [];

    /// <summary>They have been checked: none is refused.</summary>
    public IReadOnlyList<FreezeWindow> ToWindows(Catalogue catalogue) =>
        [
            .. Windows
                .Select(window => window.Read(catalogue).Ok(out var read, out _) ? read : null)
                .OfType<FreezeWindow>(),
        ];
}

/// <summary>One window; its fields are those of <see cref="FreezeText"/>.</summary>
internal sealed record FreezeWindowOptions
{
    public string? Name { get; init; }

    public string? Reason { get; init; }

    /// <summary>Empty: all of them.</summary>
    public List<string> Clusters { get; init; } = [];

    public string? Days { get; init; }

    public string? From { get; init; }

    public string? To { get; init; }

    public string? Zone { get; init; }

    public Core.Result<FreezeWindow> Read(Catalogue catalogue) =>
        new FreezeText(Name, Reason, Clusters, Days, From, To, Zone).Read([
            .. catalogue.Inventory.Clusters.Select(cluster => cluster.Name),
        ]);
}

/// <summary>A window that means nothing would freeze nothing, and nobody would notice: the bot does not start with one.</summary>
internal sealed class FreezeCheck(Catalogue catalogue) : IValidateOptions<FreezeOptions>
{
    public ValidateOptionsResult Validate(string? name, FreezeOptions options)
    {
        var faults = options
            .Windows.SelectMany(
                (window, at) =>
                    window.Read(catalogue).Ok(out _, out var no)
                        ? []
                        : new[] { $"Freeze:Windows:{at} ({window.Name}): {no.Reason}. Write: {no.Hint}." }
            )
            .Concat(
                options
                    .Windows.GroupBy(window => window.Name, StringComparer.Ordinal)
                    .Where(group => group.Count() > 1)
                    .Select(group => $"Freeze:Windows: {group.Count()} of them are called {group.Key}.")
            )
            .ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
