using System.ComponentModel.DataAnnotations;
using PlatformBot.Core.Approvals;

namespace PlatformBot.Hosting;

/// <summary>Section "Approval": asking again for what was denied.</summary>
internal sealed record ApprovalOptions
{
    public const string Section = "Approval";

    /// <summary>So many denials of an unchanged plan are free; then it must wait. 1 to 100.</summary>
    [Range(1, 100)]
    public int DenialsAllowed { get; init; } = 3;

    /// <summary>How long a denial counts. 1 h to 30 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "30.00:00:00")]
    public TimeSpan DenialsWithin { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The first wait; doubles with each further denial, and is never longer than a denial counts. 1 min to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan DenialPause { get; init; } = TimeSpan.FromHours(1);

    public DenialRule ToRule() => new(DenialsAllowed, DenialsWithin, DenialPause);
}
