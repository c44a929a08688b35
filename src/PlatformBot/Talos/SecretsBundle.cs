using System.Text;
using System.Text.Json;
using PlatformBot.Core;
using PlatformBot.Core.Secrets;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace PlatformBot.Talos;

/// <summary>
/// What <c>talosctl gen secrets</c> makes and <c>talosctl gen config --with-secrets</c> reads, and the same fourteen values as fields of a
/// vault item, under the names that the machine configuration's template refers to.
/// </summary>
internal static class SecretsBundle
{
    private sealed record Value(string Field, string Section, string Group, string Key);

    // csharpier-ignore - the two names of each value, side by side
    private static readonly Value[] Values =
    [
        new("CLUSTER_ID",                        "cluster",    "",                  "id"),
        new("CLUSTER_SECRET",                    "cluster",    "",                  "secret"),
        new("CLUSTER_TOKEN",                     "secrets",    "",                  "bootstraptoken"),
        new("CLUSTER_SECRETBOXENCRYPTIONSECRET", "secrets",    "",                  "secretboxencryptionsecret"),
        new("MACHINE_TOKEN",                     "trustdinfo", "",                  "token"),
        new("CLUSTER_ETCD_CA_CRT",               "certs",      "etcd",              "crt"),
        new("CLUSTER_ETCD_CA_KEY",               "certs",      "etcd",              "key"),
        new("CLUSTER_CA_CRT",                    "certs",      "k8s",               "crt"),
        new("CLUSTER_CA_KEY",                    "certs",      "k8s",               "key"),
        new("CLUSTER_AGGREGATORCA_CRT",          "certs",      "k8saggregator",     "crt"),
        new("CLUSTER_AGGREGATORCA_KEY",          "certs",      "k8saggregator",     "key"),
        new("CLUSTER_SERVICEACCOUNT_KEY",        "certs",      "k8sserviceaccount", "key"),
        new("MACHINE_CA_CRT",                    "certs",      "os",                "crt"),
        new("MACHINE_CA_KEY",                    "certs",      "os",                "key"),
    ];

    /// <summary>From the bundle's YAML to an item; every one of the fourteen must be there.</summary>
    public static Result<VaultItem> ToItem(string yaml, string title)
    {
        if (!Read(yaml).Ok(out var root, out var refusal))
            return refusal;

        var fields = new Dictionary<string, string>(StringComparer.Ordinal);

        foreach (var value in Values)
        {
            if (Find(root, value) is not { Length: > 0 } text)
            {
                return new Refusal(
                    $"the secrets bundle has no {Path(value)}",
                    "pipe what `talosctl gen secrets` writes into this command"
                );
            }

            fields[value.Field] = text;
        }

        return new VaultItem(title, fields);
    }

    /// <summary>From an item to the bundle's YAML.</summary>
    public static Result<string> FromItem(VaultItem item)
    {
        var yaml = new StringBuilder();

        foreach (var section in Values.GroupBy(value => value.Section, StringComparer.Ordinal))
        {
            yaml.Append(section.Key).Append(":\n");

            foreach (var group in section.GroupBy(value => value.Group, StringComparer.Ordinal))
            {
                var indent = group.Key.Length == 0 ? "    " : "        ";

                if (group.Key.Length > 0)
                    yaml.Append("    ").Append(group.Key).Append(":\n");

                foreach (var value in group)
                {
                    if (!item.Field(value.Field).Ok(out var text, out var missing))
                        return missing;

                    // A JSON string is a YAML string, whatever is in it.
                    yaml.Append(indent)
                        .Append(value.Key)
                        .Append(": ")
                        .Append(JsonSerializer.Serialize(text))
                        .Append('\n');
                }
            }
        }

        return yaml.ToString();
    }

    private static Result<YamlMappingNode> Read(string yaml)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));

            return stream.Documents is [{ RootNode: YamlMappingNode root }] ? root : NotABundle();
        }
        catch (YamlException)
        {
            return NotABundle();
        }
    }

    private static Refusal NotABundle() =>
        new("standard input is not a secrets bundle", "pipe `talosctl gen secrets` into this command");

    private static string? Find(YamlMappingNode root, Value value)
    {
        YamlNode? node = Child(root, value.Section);

        if (value.Group.Length > 0)
            node = Child(node, value.Group);

        return (Child(node, value.Key) as YamlScalarNode)?.Value;
    }

    private static YamlNode? Child(YamlNode? node, string key) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out var child)
            ? child
            : null;

    private static string Path(Value value) =>
        value.Group.Length == 0 ? $"{value.Section}.{value.Key}" : $"{value.Section}.{value.Group}.{value.Key}";
}
