using System.Text.Json;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Approvals;

/// <summary>Something that destructive steps read besides their own words, as it was when somebody looked.</summary>
/// <param name="Input">"file talos/machineconfig.yaml.j2", "tool talosctl", "cluster infra"</param>
/// <param name="Value">SHA-256 of the file or the program, UID of the cluster; null when it was not there, or could not be told</param>
/// <param name="Why">why it could not be told; null when it could</param>
public sealed record Pin(string Input, string? Value, string? Why = null)
{
    internal const string ClusterPrefix = "cluster ";

    internal const string FilePrefix = "file ";

    public static Pin OfCluster(string name, string? uid, string? why = null) => new(ClusterPrefix + name, uid, why);

    public static Pin OfFile(string path, string? sha256, string? why = null) => new(FilePrefix + path, sha256, why);

    public static Pin OfTool(string name, string? sha256, string? why = null) => new($"tool {name}", sha256, why);

    /// <summary>The cluster's name; null when it is about something else.</summary>
    public string? Cluster =>
        Input.StartsWith(ClusterPrefix, StringComparison.Ordinal) ? Input[ClusterPrefix.Length..] : null;

    /// <summary>For people: as much of it as one compares by eye, and all of a UID.</summary>
    public string Shown =>
        Value is null
            ? Why is null
                ? "not there"
                : $"not to be told ({Why})"
            : Cluster is null
                ? Words.Short(Value)
                : Value;
}

/// <summary>What has become of inputs since they were approved.</summary>
/// <param name="Appeared">was not there, and is now because of what the run itself did</param>
/// <param name="Changed">in words, an input each: it is not what was approved</param>
/// <param name="Untold">in words: it was approved, and at this moment nobody can tell whether it is the same</param>
public sealed record PinChanges(
    IReadOnlyList<Pin> Appeared,
    IReadOnlyList<string> Changed,
    IReadOnlyList<string> Untold
);

/// <summary>The rule by which inputs count as those that were approved. Pure.</summary>
public static class Pins
{
    /// <summary>What is approved: the plan, and the inputs beside it. Without inputs it is the plan's digest itself.</summary>
    public static string DigestOf(string plan, IReadOnlyList<Pin>? inputs)
    {
        if (inputs is null or [])
            return plan;

        var all = JsonSerializer.SerializeToElement(
            new
            {
                plan,
                inputs = inputs.Select(pin => new
                {
                    pin.Input,
                    pin.Value,
                    pin.Why,
                }),
            }
        );
        return Sha256.Of(CanonicalJson.WriteBytes(all).Span);
    }

    /// <summary>
    /// An input that was there must be the same. One that was not may appear once, if the run itself has done something that can have made it;
    /// from then on it must stay the same.
    /// </summary>
    /// <param name="approved">as it was when the approval was asked for, and what has appeared since</param>
    /// <param name="now">what the step would read</param>
    /// <param name="mayAppear">whether the run has done something that can have made it</param>
    public static PinChanges Compare(IReadOnlyList<Pin> approved, IReadOnlyList<Pin> now, Func<Pin, bool> mayAppear)
    {
        var before = approved.ToDictionary(pin => pin.Input);
        var pairs = now.Select(pin =>
                (Was: before.GetValueOrDefault(pin.Input) ?? pin with { Value = null, Why = null }, Is: pin)
            )
            .ToList();

        return new PinChanges(
            [.. pairs.Where(pair => HasAppeared(pair) && mayAppear(pair.Is)).Select(pair => pair.Is)],
            [.. pairs.Where(pair => HasChanged(pair) || (HasAppeared(pair) && !mayAppear(pair.Is))).Select(Difference)],
            [.. pairs.Where(IsUntold).Select(pair => $"{pair.Is.Input}: {pair.Is.Shown}")]
        );
    }

    private static bool HasAppeared((Pin Was, Pin Is) pair) => pair is { Was.Value: null, Is.Value: not null };

    private static bool HasChanged((Pin Was, Pin Is) pair) =>
        pair.Was.Value is not null && pair.Is.Value != pair.Was.Value && !IsUntold(pair);

    /// <summary>A cluster that no client configuration leads to any more may come back; a file that is gone has changed.</summary>
    private static bool IsUntold((Pin Was, Pin Is) pair) =>
        pair is { Was.Value: not null, Is.Value: null } && (pair.Is.Why is not null || pair.Is.Cluster is not null);

    private static string Difference((Pin Was, Pin Is) pair)
    {
        var (was, now) = pair;
        var why =
            was.Value is null ? "; no step of this run can have made it"
            : now is { Cluster: not null, Value: not null } ? "; the client configuration leads to another cluster"
            : "";
        return $"{now.Input}: was {was.Shown}, is {now.Shown}{why}";
    }
}
