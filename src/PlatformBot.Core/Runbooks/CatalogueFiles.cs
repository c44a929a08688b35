namespace PlatformBot.Core.Runbooks;

/// <summary>The files of one catalogue: each is read and held against its shape once, however often it is asked for.</summary>
internal sealed class CatalogueFiles(string folder, Problems problems)
{
    private readonly Dictionary<string, YamlMap?> _read = [];

    /// <summary>The folder's own name, with which problems begin: "commands".</summary>
    private string Prefix { get; } = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    public Place Folder => Place.StartOf(new SourceText(Prefix, ""));

    /// <summary>Paths of the YAML files right inside a folder, relative to the catalogue, in order of name.</summary>
    public IReadOnlyList<string> In(string subfolder)
    {
        var path = Path.Combine(folder, subfolder);

        if (!Directory.Exists(path))
            return [];

        foreach (var odd in Directory.GetFiles(path, "*.yml"))
            problems.Add(Place.StartOf(new SourceText(NameOf(odd), "")), "This file is not read.", "Name it .yaml.");

        return [.. Directory.GetFiles(path, "*.yaml").Select(RelativePath).Order(StringComparer.Ordinal)];
    }

    /// <summary>The mapping in a file, or null after saying why not.</summary>
    /// <param name="relative">path inside the folder</param>
    /// <param name="from">where it is named; null when nobody names it</param>
    public YamlMap? Read(string relative, Shape shape, Place? from)
    {
        if (_read.TryGetValue(relative, out var read))
            return read;

        if (RootedFile.Find(folder, relative, out var why) is not { } path)
        {
            problems.Add(from ?? Folder, $"{Prefix}/{relative} {why}", from is null ? "" : Nearest(relative));
            return null;
        }

        if (
            YamlReader.Open(path, $"{Prefix}/{relative}", problems) is { } source
            && YamlReader.ReadOne(source, problems) is { } document
        )
        {
            new ShapeCheck(problems).CheckShape(document, shape);
            read = document as YamlMap;
        }

        return _read[relative] = read;
    }

    private string Nearest(string relative)
    {
        var slash = relative.LastIndexOf('/');
        return Suggestion.Cure(relative, In(slash < 0 ? "" : relative[..slash]));
    }

    private string NameOf(string path) => $"{Prefix}/{RelativePath(path)}";

    private string RelativePath(string path) => Path.GetRelativePath(folder, path).Replace('\\', '/');
}
