using System.Runtime.InteropServices;

namespace PlatformBot.CrashMatrix;

/// <summary>What was going on when the bot was killed.</summary>
internal enum PointKind
{
    JournalBefore,
    JournalAfter,
    ToolBefore,
    ToolMidway,
    ToolAfter,
    ClusterBefore,
    ClusterAfter,
    ChatBefore,
    ChatAfter,
    TrackerBefore,
    TrackerAfter,
    AnyMoment,
}

/// <summary>One place at which the bot can die: the how manieth of its kind since the run was asked for.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Point(PointKind Kind, int Number)
{
    public override string ToString() => $"{Kind}:{Number}";

    /// <exception cref="FormatException">It is not written as <see cref="ToString"/> does.</exception>
    public static Point Parse(string text) =>
        text.Split(':') is [var kind, var number]
        && Enum.TryParse<PointKind>(kind, ignoreCase: true, out var parsed)
        && int.TryParse(number, out var at)
            ? new Point(parsed, at)
            : throw new FormatException($"'{text}' is no point: write for example JournalAfter:7.");
}

/// <summary>A point that was reached, and what the bot was doing there.</summary>
internal sealed record Death(Point Point, string What)
{
    public override string ToString() => $"{Point} ({What})";
}

/// <summary>The kinds in words, in the order in which they are shown.</summary>
internal static class PointWords
{
    public static string Of(PointKind kind) =>
        kind switch
        {
            PointKind.JournalBefore => "journal: before an entry is queued",
            PointKind.JournalAfter => "journal: entry durable, nothing has followed",
            PointKind.ToolBefore => "tool: started, no effect yet",
            PointKind.ToolMidway => "tool: midway",
            PointKind.ToolAfter => "tool: effect, no answer yet",
            PointKind.ClusterBefore => "Kubernetes API: before a request's effect",
            PointKind.ClusterAfter => "Kubernetes API: effect, no answer yet",
            PointKind.ChatBefore => "chat: before a request's effect",
            PointKind.ChatAfter => "chat: effect, no answer yet",
            PointKind.TrackerBefore => "tracker: before a request's effect",
            PointKind.TrackerAfter => "tracker: effect, no answer yet",
            PointKind.AnyMoment => "any moment",
        };
}
