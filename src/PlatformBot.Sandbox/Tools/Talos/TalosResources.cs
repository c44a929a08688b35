using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Kustomize;
using PlatformBot.Sandbox.Twin.Machines;

namespace PlatformBot.Sandbox.Tools.Talos;

/// <summary><c>talosctl get</c>: resources of a machine as a table, JSON, YAML or one field.</summary>
internal sealed class TalosResources(MachineRoom room)
{
    private const long UserVolumeSize = 500_000_000_000;

    private static readonly string[] Ports = ["enp1s0f0np0", "enp1s0f1np1"];

    private sealed record Resource(string Id, JsonNode Spec, params string[] Columns);

    /// <param name="Names">what people type</param>
    /// <param name="Type">the type's full name</param>
    private sealed record Kind(
        string[] Names,
        string Namespace,
        string Type,
        string[] Columns,
        Func<Machine, IEnumerable<Resource>> List
    );

    private static readonly Kind[] Kinds =
    [
        new(
            ["disks", "disk"],
            "runtime",
            "Disks.block.talos.dev",
            ["SIZE", "READ ONLY", "TRANSPORT", "ROTATIONAL", "WWID", "MODEL", "SERIAL"],
            machine => machine.Disks.Select(DiskResource)
        ),
        new(
            ["systemdisk", "systemdisks"],
            "runtime",
            "SystemDisks.block.talos.dev",
            ["DISK"],
            machine =>
                [
                    new(
                        "system-disk",
                        new JsonObject { ["devPath"] = machine.SystemDisk.Path, ["diskID"] = machine.SystemDisk.Name },
                        machine.SystemDisk.Name
                    ),
                ]
        ),
        new(
            ["discoveredvolumes", "discoveredvolume", "dv"],
            "runtime",
            "DiscoveredVolumes.block.talos.dev",
            ["TYPE", "SIZE", "DISCOVERED"],
            machine => machine.Disks.SelectMany(disk => VolumeResources(machine, disk))
        ),
        new(
            ["links", "link", "linkstatus"],
            "network",
            "LinkStatuses.net.talos.dev",
            ["TYPE", "KIND", "HW ADDR", "OPER STATE"],
            Links
        ),
        new(
            ["hostname", "hostnamestatus"],
            "network",
            "HostnameStatuses.net.talos.dev",
            ["HOSTNAME", "DOMAINNAME"],
            machine =>
                [
                    new(
                        "hostname",
                        new JsonObject { ["domainname"] = "", ["hostname"] = machine.Hostname },
                        machine.Hostname,
                        ""
                    ),
                ]
        ),
        new(
            ["volumestatus", "volumestatuses", "vs"],
            "runtime",
            "VolumeStatuses.block.talos.dev",
            ["TYPE", "PHASE", "LOCATION", "SIZE"],
            Volumes
        ),
        new(
            ["machineconfig", "machineconfigs", "mc"],
            "config",
            "MachineConfigs.config.talos.dev",
            [],
            machine => machine.Config is { } config ? [new("v1alpha1", JsonValue.Create(config.ToYaml())!)] : []
        ),
    ];

    public async Task<int> GetAsync(ToolCall call, Flags flags)
    {
        var type =
            flags.Words.FirstOrDefault() ?? throw new ToolException("requires at least 1 arg(s), only received 0");
        var kind =
            Array.Find(Kinds, candidate => candidate.Names.Contains(type.ToLowerInvariant()))
            ?? throw new ToolException(
                $"error getting resource definition: rpc error: code = NotFound desc = resource \"{type}\" is not registered"
            );
        var connection = await TalosConnection.OpenAsync(call, flags, room);
        var failures = new List<string>();
        var found = new List<(string Node, Resource Resource)>();

        foreach (var node in connection.Nodes)
        {
            if (connection.Trouble(node) is { } trouble)
                failures.Add(trouble);
            else
                found.AddRange(kind.List(room.At(node)!).Where(Wanted(flags)).Select(resource => (node, resource)));
        }

        if (failures.Count == connection.Nodes.Count)
            throw new ToolException(TalosFiles.Listed(failures));

        Print(call, flags.Get("output", "table"), kind, found);
        failures.ForEach(failure => call.ComplainLine($"WARNING: {failure}"));
        return 0;
    }

    private static Func<Resource, bool> Wanted(Flags flags) =>
        resource => flags.Words.Count < 2 || flags.Words[1] == resource.Id;

    private static void Print(ToolCall call, string output, Kind kind, List<(string Node, Resource Resource)> found)
    {
        if (output is "table")
            call.Print(Table(kind, found));
        else if (output is "json")
            found.ForEach(row => call.PrintLine(JsonText.Indented(Json(kind, row.Node, row.Resource), 4)));
        else if (output is "yaml")
            found.ForEach(row => call.Print(YamlText.Write(Json(kind, row.Node, row.Resource))));
        else if (output is "jsonpath={.spec}" or "jsonpath='{.spec}'")
            found.ForEach(row => call.PrintLine(SpecText(row.Resource.Spec)));
        else
            throw new ToolException($"output format \"{output}\" is not supported");
    }

    private static string SpecText(JsonNode spec) => spec is JsonValue text ? text.ToString() : spec.ToJsonString();

    private static string Table(Kind kind, List<(string Node, Resource Resource)> found)
    {
        var type =
            kind.Type.Split('.')[0] is var plural && plural.EndsWith("ses", StringComparison.Ordinal)
                ? plural[..^2]
                : kind.Type.Split('.')[0][..^1];
        var rows = found.Select(row =>
            (IReadOnlyList<string>)[row.Node, kind.Namespace, type, row.Resource.Id, "1", .. row.Resource.Columns]
        );
        return TextTable.Write([
            ["NODE", "NAMESPACE", "TYPE", "ID", "VERSION", .. kind.Columns],
            .. rows,
        ]);
    }

    private static JsonObject Json(Kind kind, string node, Resource resource) =>
        new()
        {
            ["metadata"] = new JsonObject
            {
                ["id"] = resource.Id,
                ["namespace"] = kind.Namespace,
                ["phase"] = "running",
                ["type"] = kind.Type,
                ["version"] = 1,
            },
            ["node"] = node,
            ["spec"] = resource.Spec.DeepClone(),
        };

    private static Resource DiskResource(MachineDisk disk) =>
        new(
            disk.Name,
            new JsonObject
            {
                ["dev_path"] = disk.Path,
                ["model"] = disk.Model,
                ["pretty_size"] = Pretty(disk.Size),
                ["readonly"] = false,
                ["serial"] = disk.Serial,
                ["size"] = disk.Size,
                ["symlinks"] = new JsonArray([.. disk.Links.Select(link => (JsonNode)$"/dev/disk/by-id/{link}")]),
                ["transport"] = disk.Transport,
                ["wwid"] = disk.Wwid,
            },
            Pretty(disk.Size),
            "false",
            disk.Transport,
            "",
            disk.Wwid,
            disk.Model,
            disk.Serial
        );

    private static IEnumerable<Resource> VolumeResources(Machine machine, MachineDisk disk)
    {
        var divided = disk == machine.LocalDisk && machine.HasUserVolume;
        yield return VolumeResource(
            disk.Name,
            disk.Size,
            "disk",
            divided ? "gpt" : machine.On(disk).Seen,
            parent: null
        );

        if (divided)
            yield return VolumeResource($"{disk.Name}p1", UserVolumeSize, "partition", "xfs", disk.Name);
    }

    private static Resource VolumeResource(string id, long size, string type, string name, string? parent)
    {
        var spec = new JsonObject
        {
            ["dev_path"] = $"/dev/{id}",
            ["name"] = name,
            ["size"] = size,
            ["type"] = type,
        };

        if (parent is not null)
        {
            spec["parent"] = parent;
            spec["parent_dev_path"] = $"/dev/{parent}";
        }

        return new(id, spec, type, Pretty(size), name);
    }

    private static IEnumerable<Resource> Links(Machine machine) =>
        Ports.Select(
            (name, index) =>
            {
                var address = $"f8:f2:1e:20:57:{10 * int.Parse(machine.Address.Split('.')[3]) + index:x2}"[..17];
                return new Resource(
                    name,
                    new JsonObject
                    {
                        ["driver"] = "i40e",
                        ["hardwareAddr"] = address,
                        ["linkState"] = true,
                        ["operationalState"] = "up",
                        ["type"] = "ether",
                    },
                    "ether",
                    "",
                    address,
                    "up"
                );
            }
        );

    /// <summary>The user volume exists once a configuration asks for it.</summary>
    private static IEnumerable<Resource> Volumes(Machine machine)
    {
        var disk = machine.LocalDisk;
        return machine.HasUserVolume
            ?
            [
                new(
                    "u-openebs",
                    new JsonObject
                    {
                        ["location"] = $"{disk.Path}p1",
                        ["parentLocation"] = disk.Path,
                        ["phase"] = "ready",
                        ["prettySize"] = "500 GB",
                        ["type"] = "partition",
                    },
                    "partition",
                    "ready",
                    $"{disk.Path}p1",
                    "500 GB"
                ),
            ]
            : [];
    }

    private static string Pretty(long size) =>
        size >= 1_000_000_000_000 ? $"{size / 1e12:0.0} TB" : $"{size / 1_000_000_000} GB";
}
