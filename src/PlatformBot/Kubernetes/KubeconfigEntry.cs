using PlatformBot.Core;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace PlatformBot.Kubernetes;

/// <summary>A named cluster, user or context of a client configuration file. Its values may be secrets; its names are not.</summary>
/// <param name="Kind">"cluster", "user" or "context"</param>
internal sealed record KubeconfigEntry(string Kind, string Name, YamlMappingNode Body, string File)
{
    private static readonly string[] Kinds = ["cluster", "user", "context"];

    /// <summary>Where to look: "the user admin in /home/ada/.kube/config".</summary>
    public override string ToString() => $"the {Kind} {Name} in {File}";

    /// <summary>What one file holds. Nothing of its content is ever said: any line may be a key.</summary>
    public static Result<IReadOnlyList<KubeconfigEntry>> ReadFile(string file)
    {
        try
        {
            var yaml = new YamlStream();
            using var text = System.IO.File.OpenText(file);
            yaml.Load(text);

            if (yaml.Documents.Count == 0 || yaml.Documents[0].RootNode is YamlScalarNode { Value: null or "" })
                return Array.Empty<KubeconfigEntry>();

            return yaml.Documents[0].RootNode is YamlMappingNode root
                ? EntriesOf(root, Path.GetFullPath(file))
                : Unreadable(file, "it holds no clusters, users and contexts");
        }
        catch (Exception error) when (error is YamlException or IOException or UnauthorizedAccessException)
        {
            return Unreadable(file, error.GetType().Name);
        }
    }

    /// <summary>A field that is there and not empty.</summary>
    public bool Has(string field) =>
        Child(Body, field) switch
        {
            null => false,
            YamlScalarNode scalar => scalar.Value is { Length: > 0 } and not "null" and not "~",
            _ => true,
        };

    public string? Text(string field) => TextOf(Child(Body, field));

    public YamlMappingNode? Mapping(string field) => Child(Body, field) as YamlMappingNode;

    /// <summary>Relative paths lead from the file that they stand in.</summary>
    public string? PathOf(string field) => Text(field) is { } path ? FromHere(path) : null;

    public string FromHere(string path) => Path.GetFullPath(path, Path.GetDirectoryName(File)!);

    public static YamlNode? Child(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    public static string? TextOf(YamlNode? node) =>
        node is YamlScalarNode { Value: { Length: > 0 } value } ? value : null;

    public static IReadOnlyList<string> TextsOf(YamlNode? node) =>
        node is YamlSequenceNode items ? [.. items.OfType<YamlScalarNode>().Select(item => item.Value ?? "")] : [];

    private static Result<IReadOnlyList<KubeconfigEntry>> EntriesOf(YamlMappingNode root, string file)
    {
        var entries = Kinds
            .SelectMany(kind =>
                (Child(root, $"{kind}s") as YamlSequenceNode ?? [])
                    .OfType<YamlMappingNode>()
                    .Where(item => TextOf(Child(item, "name")) is not null)
                    .Select(item => new KubeconfigEntry(
                        kind,
                        TextOf(Child(item, "name"))!,
                        Child(item, kind) as YamlMappingNode ?? [],
                        file
                    ))
            )
            .ToList();

        var twice = entries.GroupBy(entry => (entry.Kind, entry.Name)).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? entries
            : new Refusal(
                $"The client configuration {file} has the {twice.Key.Kind} {twice.Key.Name} twice.",
                "Remove one of them: nobody can tell which is meant."
            );
    }

    private static Refusal Unreadable(string file, string why) =>
        new(
            $"The client configuration {file} cannot be read ({why}).",
            "See that the bot may read it and that it is YAML; a step that fetches it writes it anew."
        );
}
