using System.Text;
using PlatformBot.Core;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace PlatformBot.Kubernetes;

/// <summary>Client configuration files, merged as kubectl merges them: entry by entry, the first file wins.</summary>
internal sealed class Kubeconfig
{
    private const string Fetch = "Fetch the client configuration again.";

    private readonly IReadOnlyList<Entry> _entries;

    private Kubeconfig(IReadOnlyList<Entry> entries) => _entries = entries;

    public IEnumerable<string> Contexts =>
        _entries.Where(entry => entry.List == "contexts").Select(entry => entry.Name).Distinct();

    /// <summary>Files that are not there are left out; one that cannot be read is a refusal.</summary>
    public static Result<Kubeconfig> Read(IEnumerable<string> files)
    {
        var entries = new List<Entry>();

        foreach (var file in files.Where(File.Exists))
        {
            try
            {
                entries.AddRange(ReadFile(file));
            }
            catch (Exception error) when (error is YamlException or IOException or UnauthorizedAccessException)
            {
                // The message of a YAML error may quote the line, and the line may be a key.
                return new Refusal(
                    $"The client configuration {file} cannot be read ({error.GetType().Name}).",
                    "See that the bot may read it and that it is YAML; a step that fetches it writes it anew."
                );
            }
        }

        return new Kubeconfig(entries);
    }

    public Result<ClusterAccess> Find(string context)
    {
        if (Entity("contexts", context) is not { } found)
        {
            return new Refusal(
                $"There is no client configuration for {context} yet.",
                $"Contexts: {string.Join(", ", Contexts)}."
            );
        }

        if (Entity("clusters", found.Text("cluster")) is not { } cluster || cluster.Text("server") is not { } server)
            return new Refusal($"The context {context} names a cluster that is not there.", Fetch);

        if (Entity("users", found.Text("user")) is not { } user)
            return new Refusal($"The context {context} names a user that is not there.", Fetch);

        if (!Uri.TryCreate(server, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps)
        {
            return new Refusal(
                $"The server of {context} must be an https address: credentials go there.",
                "Write the server as https://host:port."
            );
        }

        if (cluster.Text("insecure-skip-tls-verify") == "true")
        {
            return new Refusal(
                $"{context} skips TLS verification; the bot must know whom it talks to.",
                "Remove insecure-skip-tls-verify and give certificate-authority-data."
            );
        }

        if (user.Has("exec") && user.Text("token") is null && user.Pem("client-certificate") is null)
        {
            return new Refusal(
                $"{context} gets its credentials from a program (exec); that is not supported.",
                "Give a token or a client certificate."
            );
        }

        return ReadAccess(context, address, found, cluster, user);
    }

    private static Result<ClusterAccess> ReadAccess(string context, Uri address, Entry found, Entry cluster, Entry user)
    {
        try
        {
            return new ClusterAccess(address)
            {
                ServerName = cluster.Text("tls-server-name"),
                CaPem = cluster.Pem("certificate-authority"),
                Token = user.Text("token"),
                TokenFile = user.File("tokenFile"),
                CertificatePem = user.Pem("client-certificate"),
                KeyPem = user.Pem("client-key"),
                Namespace = found.Text("namespace") ?? "default",
            };
        }
        catch (Exception error) when (error is IOException or FormatException or UnauthorizedAccessException)
        {
            return new Refusal($"A certificate or key of {context} cannot be read ({error.GetType().Name}).", Fetch);
        }
    }

    private Entry? Entity(string list, string? name) =>
        _entries.FirstOrDefault(entry => entry.List == list && entry.Name == name);

    private static IEnumerable<Entry> ReadFile(string file)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(System.IO.File.ReadAllText(file)));

        if (yaml.Documents.Count == 0 || yaml.Documents[0].RootNode is not YamlMappingNode root)
            yield break;

        foreach (var list in new[] { "contexts", "clusters", "users" })
        {
            if (Child(root, list) is not YamlSequenceNode items)
                continue;

            foreach (var item in items.OfType<YamlMappingNode>())
            {
                if (
                    Child(item, "name") is YamlScalarNode { Value: { } name }
                    && Child(item, list[..^1]) is YamlMappingNode body
                )
                {
                    yield return new(list, name, body, Path.GetDirectoryName(Path.GetFullPath(file))!);
                }
            }
        }
    }

    private static YamlNode? Child(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    /// <param name="Folder">what relative paths inside are relative to</param>
    private sealed record Entry(string List, string Name, YamlMappingNode Body, string Folder)
    {
        public bool Has(string field) => Child(Body, field) is not null;

        public string? Text(string field) =>
            Child(Body, field) is YamlScalarNode { Value: { Length: > 0 } value } ? value : null;

        public string? File(string field) => Text(field) is { } path ? Path.Combine(Folder, path) : null;

        /// <summary>Inline as base64 in "field-data", or in the file that "field" names.</summary>
        public string? Pem(string field)
        {
            if (Text($"{field}-data") is { } data)
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));

            return File(field) is { } path ? System.IO.File.ReadAllText(path) : null;
        }
    }
}
