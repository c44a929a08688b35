using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runbooks;

/// <summary>Reads everything, then rehearses every runbook on all clusters at once, so that what only shows in a plan shows now.</summary>
internal sealed class CatalogueReader
{
    private const string InventoryFile = "inventory.yaml";

    private readonly string _folder;
    private readonly Problems _problems = new();
    private readonly CatalogueFiles _files;

    public CatalogueReader(string folder)
    {
        _folder = Path.GetFullPath(folder);
        _files = new CatalogueFiles(_folder, _problems);
    }

    public CatalogueReading Read()
    {
        if (!Directory.Exists(_folder))
        {
            _problems.Add(_files.Folder, $"There is no folder {_folder}.");
            return new CatalogueReading(null, _problems.InOrder());
        }

        var inventory = ReadInventory();
        var tools = ReadTools();
        var runbooks = ReadRunbooks(inventory);
        ReadWhatNobodyIncludes();

        if (inventory is { Clusters.Count: > 0 })
            Rehearse(new Catalogue(inventory, tools, runbooks));

        var found = _problems.InOrder();
        return new CatalogueReading(found.Count == 0 ? new Catalogue(inventory!, tools, runbooks) : null, found);
    }

    private Inventory? ReadInventory()
    {
        if (_files.Read(InventoryFile, Shapes.Inventory, from: null) is not { } tree)
            return null;

        new InventoryCheck(_problems).Check(tree);
        return new Inventory(tree);
    }

    private ToolBook ReadTools()
    {
        var files = _files
            .In("tools")
            .Select(path => _files.Read(path, Shapes.Tool, from: null))
            .OfType<YamlMap>()
            .ToArray();
        ReportDuplicates(files, "tool");
        return new ToolBook(files);
    }

    private IReadOnlyList<Runbook> ReadRunbooks(Inventory? inventory)
    {
        var files = _files
            .In("")
            .Where(path => path != InventoryFile)
            .Select(path => _files.Read(path, Shapes.Runbook, from: null))
            .OfType<YamlMap>()
            .ToArray();

        ReportDuplicates(files, "command");
        var reader = new RunbookReader(_files, inventory, _problems);
        return
        [
            .. files.Select(reader.Read).DistinctBy(it => it.Command).OrderBy(it => it.Command, StringComparer.Ordinal),
        ];
    }

    private void ReportDuplicates(IEnumerable<YamlMap> files, string key)
    {
        foreach (
            var same in files
                .Where(file => file.Has(key))
                .GroupBy(file => file.Text(key))
                .Where(same => same.Count() > 1)
        )
        {
            foreach (var file in same.Skip(1))
                _problems.Add(file[key]!.At, $"The {key} '{same.Key}' is already in {same.First().At.Source.File}.");
        }
    }

    private void ReadWhatNobodyIncludes()
    {
        foreach (var path in _files.In("phases"))
            _files.Read(path, Shapes.Phase, from: null);

        foreach (var path in _files.In("parts"))
            _files.Read(path, Shapes.Part, from: null);
    }

    private void Rehearse(Catalogue catalogue)
    {
        var paths = new PlanPaths(Path.GetDirectoryName(_folder)!, "/repository", "/runtime");

        foreach (var runbook in catalogue.Runbooks)
            new PlanBuilder(catalogue, runbook, paths, _problems).Rehearse();
    }
}
