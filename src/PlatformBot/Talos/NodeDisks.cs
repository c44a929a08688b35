using System.Globalization;
using System.Text;
using System.Text.Json;
using PlatformBot.Core;

namespace PlatformBot.Talos;

/// <summary>
/// A node's disks as <c>talosctl get … --output json</c> tells them: one document per resource, one after the other. It finds a disk by
/// the name that does not move, and says whether that may be given away.
/// </summary>
internal sealed class NodeDisks
{
    /// <summary>What must be asked for, in the order in which <see cref="Read"/> takes the answers.</summary>
    public static readonly string[] Resources = ["disks", "systemdisk", "volumestatus", "discoveredvolumes"];

    private readonly IReadOnlyList<JsonElement> _disks;
    private readonly IReadOnlyList<JsonElement> _system;
    private readonly IReadOnlyList<JsonElement> _volumes;
    private readonly IReadOnlyList<JsonElement> _discovered;

    private NodeDisks(IReadOnlyList<IReadOnlyList<JsonElement>> answers) =>
        (_disks, _system, _volumes, _discovered) = (answers[0], answers[1], answers[2], answers[3]);

    /// <param name="answers">of <see cref="Resources"/>, in that order</param>
    public static Result<NodeDisks> Read(IReadOnlyList<string> answers)
    {
        try
        {
            return new NodeDisks([.. answers.Select(Documents)]);
        }
        catch (JsonException wrong)
        {
            return new Refusal($"talosctl's answer is no JSON: {wrong.Message}", "look at what it prints");
        }
    }

    /// <summary>The kernel's name ("nvme1n1") of the disk with that link, if it is large enough and nothing of the node lives on it.</summary>
    /// <param name="link">its name below /dev/disk/by-id/</param>
    /// <param name="atLeast">bytes</param>
    public Result<string> Free(string link, long atLeast)
    {
        var named = _disks.Where(one => Links(one).Contains($"/dev/disk/by-id/{link}")).ToArray();

        if (named.Length == 0)
            return new Refusal($"the node has no disk {link}", "compare the inventory with `talosctl get disks`");

        if (named.Length > 1)
            return new Refusal($"{named.Length} disks of the node are called {link}", "look at `talosctl get disks`");

        var disk = named[0];

        var name = Id(disk);
        var size = Spec(disk, "size") is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : 0;

        // Without an answer nobody knows where the system is, and every disk could be it.
        if (_system.Count == 0 || _system.Any(one => Text(one, "diskID").Length == 0))
            return new Refusal("Talos does not say which disk is the system's", "look at `talosctl get systemdisk`");

        if (_system.Any(one => Text(one, "diskID") == name))
            return new Refusal($"{link} is {name}, the disk with the operating system", "correct the inventory");

        if (_volumes.FirstOrDefault(one => IsOn(one, name)) is { ValueKind: JsonValueKind.Object } volume)
            return new Refusal($"{link} is {name}, which carries Talos' volume {Id(volume)}", "correct the inventory");

        return size < atLeast
            ? new Refusal(
                $"{link} is {name} with {Gigabytes(size)} GB, less than {Gigabytes(atLeast)}",
                "correct the inventory"
            )
            : name;
    }

    /// <summary>What Talos has found on the disk and its partitions: "bluestore", "gpt", "xfs on nvme1n1p1"; nothing when it is empty.</summary>
    public IReadOnlyList<string> Content(string disk) =>
        [
            .. _discovered
                .Where(one => Id(one) == disk && Text(one, "name").Length > 0)
                .Select(one => Text(one, "name")),
            .. _discovered
                .Where(one => Text(one, "parent") == disk || Text(one, "parent_dev_path") == $"/dev/{disk}")
                .Select(one => $"{(Text(one, "name") is { Length: > 0 } name ? name : "a partition")} on {Id(one)}"),
        ];

    private static bool IsOn(JsonElement volume, string disk) =>
        Text(volume, "parentLocation") == $"/dev/{disk}"
        || Text(volume, "location") is var location
            && (location == $"/dev/{disk}" || location.StartsWith($"/dev/{disk}p", StringComparison.Ordinal));

    private static string Gigabytes(long bytes) => (bytes / 1_000_000_000).ToString(CultureInfo.InvariantCulture);

    private static string Id(JsonElement resource) =>
        resource.TryGetProperty("metadata", out var metadata) && metadata.TryGetProperty("id", out var id)
            ? id.GetString() ?? ""
            : "";

    private static JsonElement? Spec(JsonElement resource, string name) =>
        resource.TryGetProperty("spec", out var spec)
        && spec.ValueKind == JsonValueKind.Object
        && spec.TryGetProperty(name, out var value)
            ? value
            : null;

    private static string Text(JsonElement resource, string name) =>
        Spec(resource, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    private static IEnumerable<string> Links(JsonElement disk) =>
        Spec(disk, "symlinks") is { ValueKind: JsonValueKind.Array } links
            ? links.EnumerateArray().Select(link => link.GetString() ?? "")
            : [];

    private static List<JsonElement> Documents(string text)
    {
        var reader = new Utf8JsonReader(
            Encoding.UTF8.GetBytes(text),
            new JsonReaderOptions { AllowMultipleValues = true }
        );
        var documents = new List<JsonElement>();

        while (reader.Read())
            documents.Add(JsonElement.ParseValue(ref reader));

        return documents;
    }
}
