using System.ComponentModel.DataAnnotations;

namespace PlatformBot.Hosting;

/// <summary>Section "Shutdown".</summary>
internal sealed record ShutdownOptions
{
    /// <summary>What leaving takes besides the graces: ended processes are waited for, the last entries and posts are written.</summary>
    public static readonly TimeSpan Farewell = TimeSpan.FromSeconds(15);

    /// <summary>How long steps that are running may take to finish after SIGTERM. 0 ends them at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);
}
