using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Kustomize;

namespace PlatformBot.Sandbox.Twin.Machines;

/// <summary>A Talos machine configuration: its documents, patches onto them, and what a machine reads from them.</summary>
public sealed class MachineConfig
{
    private static readonly string[] ReplacedLists = ["podSubnets", "serviceSubnets"];

    private readonly List<JsonObject> _documents;

    private MachineConfig(IEnumerable<JsonObject> documents) => _documents = [.. documents];

    public string? ClusterName => Text("cluster.clusterName");

    public string? ClusterId => Text("cluster.id");

    public string? Endpoint => Text("cluster.controlPlane.endpoint");

    /// <summary>base64 of PEM: who signs the machine's API certificate and its clients'.</summary>
    public string? MachineCa => Text("machine.ca.crt");

    public string? EtcdCa => Text("cluster.etcd.ca.crt");

    public string? Hostname => Text("machine.network.hostname");

    public string? PodSubnet => (string?)(At(Main, "cluster.network.podSubnets") as JsonArray)?.FirstOrDefault();

    /// <summary>Every static address, without its prefix length.</summary>
    public IEnumerable<string> Addresses =>
        (At(Main, "machine.network.interfaces") as JsonArray ?? [])
            .SelectMany(link => link?["addresses"] as JsonArray ?? [])
            .Select(address => ((string?)address ?? "").Split('/')[0]);

    private JsonObject Main =>
        _documents.Find(document => (string?)document["version"] == "v1alpha1" && document["machine"] is not null)
        ?? [];

    /// <exception cref="FormatException">The text is not YAML, or has no v1alpha1 document.</exception>
    public static MachineConfig Parse(string text)
    {
        var config = new MachineConfig(YamlText.ReadObjects(text));
        return config.Main.Count > 0 ? config : throw new FormatException("no v1alpha1 config found");
    }

    /// <summary>The config with a patch (one or several documents) merged in, as Talos' strategic merge does.</summary>
    /// <exception cref="FormatException">The patch is not YAML.</exception>
    public MachineConfig Patch(string patchText)
    {
        var patched = new MachineConfig(_documents.Select(document => (JsonObject)document.DeepClone()));

        foreach (var patch in YamlText.ReadObjects(patchText))
        {
            var target = patch["kind"] is null
                ? patched.Main
                : patched._documents.Find(document => SameDocument(document, patch));

            if (target is null)
                patched._documents.Add((JsonObject)patch.DeepClone());
            else
                Merge(target, patch);
        }

        return patched;
    }

    /// <summary>What <c>talosctl validate --mode metal</c> would find wrong.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();

        if (Text("machine.install.disk") is null && At(Main, "machine.install.diskSelector") is null)
            problems.Add("either install disk or diskSelector should be defined");

        foreach (
            var needed in new[]
            {
                "machine.type",
                "machine.token",
                "cluster.clusterName",
                "cluster.controlPlane.endpoint",
            }
        )
        {
            if (Text(needed) is null or "")
                problems.Add($"{needed} is required");
        }

        foreach (
            var authority in new[]
            {
                "machine.ca.crt",
                "cluster.ca.crt",
                "cluster.etcd.ca.crt",
                "cluster.aggregatorCA.crt",
            }
        )
        {
            if (!IsBase64(Text(authority)))
                problems.Add($"{authority}: illegal base64 data at input byte 2");
        }

        return problems;
    }

    public string ToYaml() => YamlText.Write(_documents);

    private string? Text(string path) => At(Main, path) is JsonValue value ? value.ToString() : null;

    private static JsonNode? At(JsonObject json, string path) =>
        path.Split('.').Aggregate((JsonNode?)json, (node, part) => (node as JsonObject)?[part]);

    private static bool SameDocument(JsonObject one, JsonObject other) =>
        (string?)one["kind"] == (string?)other["kind"] && (string?)one["name"] == (string?)other["name"];

    private static bool IsBase64(string? text) =>
        text is { Length: > 0 } && Convert.TryFromBase64String(text, new byte[text.Length], out _);

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is JsonObject inner && target[name] is JsonObject existing)
                Merge(existing, inner);
            else if (value is JsonArray added && target[name] is JsonArray list && !ReplacedLists.Contains(name))
                MergeList(list, added);
            else
                target[name] = value?.DeepClone();
        }
    }

    /// <summary>Lists grow, except that network interfaces with the same name are merged.</summary>
    private static void MergeList(JsonArray list, JsonArray added)
    {
        foreach (var item in added)
        {
            var same =
                item is JsonObject link && link["interface"] is { } name
                    ? list.OfType<JsonObject>().FirstOrDefault(other => JsonNode.DeepEquals(other["interface"], name))
                    : null;

            if (same is null)
                list.Add(item?.DeepClone());
            else
                Merge(same, (JsonObject)item!);
        }
    }
}
