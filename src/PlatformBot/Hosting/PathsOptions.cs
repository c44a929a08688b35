using System.ComponentModel.DataAnnotations;
using PlatformBot.Core.Planning;

namespace PlatformBot.Hosting;

/// <summary>Section "Paths": the folders that runbooks refer to.</summary>
internal sealed record PathsOptions
{
    public const string Section = "Paths";

    /// <summary>The folder that holds <c>commands/</c> and <c>deploy/</c>.</summary>
    [Required, MinLength(1)]
    public string Root { get; init; } = ".";

    /// <summary>The checkout of the GitOps repository: <c>${{ paths.repository }}</c>.</summary>
    [Required, MinLength(1)]
    public string Repository { get; init; } = "gitops";

    /// <summary>A private folder, in memory if possible, for client configurations: <c>${{ paths.runtime }}</c>.</summary>
    [Required, MinLength(1)]
    public string Runtime { get; init; } = "runtime";

    public PlanPaths ToPlanPaths() =>
        new(Path.GetFullPath(Root), Path.GetFullPath(Repository), Path.GetFullPath(Runtime));
}
