using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Tools.Kube;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Tools.Platform;

/// <summary>velero: backup locations, backups and restores. A --wait ends with 0 whatever became of what it waited for.</summary>
internal sealed class VeleroTool(TwinWorld world, KubeClients clients)
{
    private readonly TwinAccess _access = new(world, clients);

    /// <param name="Kind">"Backup"</param>
    /// <param name="Word">"backup"</param>
    private sealed record Thing(string Kind, string Word)
    {
        public string Plural => $"{Word}s";

        public string Path(string ns, string name) =>
            $"/apis/velero.io/v1/namespaces/{ns}/{Plural}{(name.Length > 0 ? $"/{name}" : "")}";
    }

    private static readonly Thing Backups = new("Backup", "backup");
    private static readonly Thing Restores = new("Restore", "restore");

    public Tool Create() =>
        new(
            "velero",
            "kubecontext= kubeconfig= namespace,n= output,o=",
            "Error: {0}",
            [
                Command.Quick("version", "client-only", Version),
                new Command("backup-location get", "", LocationAsync),
                .. Of(Backups),
                .. Of(Restores),
            ]
        );

    private IEnumerable<Command> Of(Thing thing) =>
        [
            new($"{thing.Word} create", VeleroSpecs.Flags, (call, flags) => CreateAsync(call, flags, thing)),
            new($"{thing.Word} get", "selector,l=", (call, flags) => GetAsync(call, flags, thing)),
            new($"{thing.Word} describe", "details", (call, flags) => DescribeAsync(call, flags, thing)),
            new($"{thing.Word} delete", "confirm all", (call, flags) => DeleteAsync(call, flags, thing)),
        ];

    private static int Version(ToolCall call, Flags flags)
    {
        if (!flags.IsOn("client-only"))
            throw new ToolException("An error occurred: the sandbox's velero knows its own version only");

        call.PrintLine("Client:\n\tVersion: v1.17.1\n\tGit commit: 9f0c3f0f2b8e8e4d6cf2f1e3b5a1d6f0c7d9e8ab");
        return 0;
    }

    private async Task<int> LocationAsync(ToolCall call, Flags flags)
    {
        var name = flags.Words.FirstOrDefault() ?? "default";
        var api = await OpenAsync(call, flags);
        var json = await ReadAsync(
            call,
            api,
            $"/apis/velero.io/v1/namespaces/{NamespaceOf(flags)}/backupstoragelocations/{name}"
        );

        if (flags.Get("output") is "json")
        {
            call.PrintLine(JsonText.Indented(json, 2));
            return 0;
        }

        var storage = json["spec"]?["objectStorage"];
        call.Print(
            TextTable.Write([
                ["NAME", "PROVIDER", "BUCKET/PREFIX", "PHASE", "ACCESS MODE", "DEFAULT"],
                [
                    name,
                    $"{json["spec"]?["provider"]}",
                    $"{storage?["bucket"]}/{storage?["prefix"]}",
                    Phase(json),
                    "ReadWrite",
                    "true",
                ],
            ])
        );
        return 0;
    }

    private async Task<int> CreateAsync(ToolCall call, Flags flags, Thing thing)
    {
        var api = await OpenAsync(call, flags);
        var json = thing == Backups ? await BackupAsync(call, flags, api) : VeleroSpecs.Restore(flags);
        var name = (string)json["metadata"]!["name"]!;
        json["metadata"]!["namespace"] = NamespaceOf(flags);
        var answer = await api.SendAsync(
            HttpMethod.Post,
            thing.Path(NamespaceOf(flags), ""),
            json,
            "application/json",
            call.Killed
        );

        if (!answer.IsOk)
            throw Error(answer.Message);

        call.PrintLine($"{thing.Kind} request \"{name}\" submitted successfully.");

        if (!flags.IsOn("wait"))
        {
            call.PrintLine(
                $"Run `velero {thing.Word} describe {name}` or `velero {thing.Word} logs {name}` for more details."
            );
            return 0;
        }

        call.PrintLine(
            $"Waiting for {thing.Word} to complete. You may safely press ctrl-c to stop waiting - your {thing.Word} will continue in the background."
        );
        return await WaitAsync(call, api, thing, NamespaceOf(flags), name);
    }

    private static async Task<JsonObject> BackupAsync(ToolCall call, Flags flags, KubeClient api)
    {
        if (flags.Get("from-schedule") is not { } schedule)
            return VeleroSpecs.Backup(flags);

        var path = $"/apis/velero.io/v1/namespaces/{NamespaceOf(flags)}/schedules/{schedule}";
        var found = await ReadAsync(call, api, path);
        call.PrintLine("Creating backup from schedule, all other filters are ignored.");
        return VeleroSpecs.Scheduled(flags, found, call.Now);
    }

    private static async Task<int> WaitAsync(ToolCall call, KubeClient api, Thing thing, string ns, string name)
    {
        while (true)
        {
            var phase = Phase(await ReadAsync(call, api, thing.Path(ns, name)));

            if (phase is "Completed" or "PartiallyFailed" or "Failed" or "FailedValidation")
            {
                call.PrintLine(
                    $"\n{thing.Kind} completed with status: {phase}. You may check for more information using the commands `velero {thing.Word} describe {name}` and `velero {thing.Word} logs {name}`."
                );
                return 0;
            }

            call.Print(".");
            await call.PauseAsync(TimeSpan.FromSeconds(1));
        }
    }

    private async Task<int> GetAsync(ToolCall call, Flags flags, Thing thing)
    {
        var path = thing.Path(NamespaceOf(flags), flags.Words.FirstOrDefault() ?? "");
        var json = await ReadAsync(call, await OpenAsync(call, flags), path + KubeTargets.Query(flags.Get("selector")));
        var all = json["items"] is JsonArray items ? items.OfType<JsonObject>() : [json];
        call.Print(
            flags.Get("output") is "json"
                ? JsonText.Indented(json, 2) + "\n"
                : TextTable.Write([
                    ["NAME", "STATUS", "ERRORS", "WARNINGS", "CREATED", "EXPIRES"],
                    .. all.Select(Row),
                ])
        );
        return 0;
    }

    private static IReadOnlyList<string> Row(JsonObject json) =>
        [
            KubeTargets.Name(json),
            Phase(json),
            $"{json["status"]?["errors"] ?? 0}",
            $"{json["status"]?["warnings"] ?? 0}",
            $"{json["status"]?["startTimestamp"]}",
            $"{json["spec"]?["ttl"]}",
        ];

    private async Task<int> DescribeAsync(ToolCall call, Flags flags, Thing thing)
    {
        var name = flags.Words.FirstOrDefault() ?? throw Error("a name is required");
        var json = await ReadAsync(call, await OpenAsync(call, flags), thing.Path(NamespaceOf(flags), name));
        var status = json["status"];
        call.PrintLine($"Name:         {name}\nNamespace:    {NamespaceOf(flags)}\n\nPhase:  {Phase(json)}");

        foreach (var wrong in status?["validationErrors"] as JsonArray ?? [])
            call.PrintLine($"\nValidation errors:  {wrong}");

        if (status?["failureReason"] is { } reason)
            call.PrintLine($"\nFailure reason:  {reason}");

        foreach (var word in new[] { "errors", "warnings" })
        {
            if (status?[word] is { } count)
                call.PrintLine($"\n{char.ToUpperInvariant(word[0])}{word[1..]}:  {count}");
        }

        return 0;
    }

    /// <summary>A backup goes by a request, which takes its data along; a restore goes by itself.</summary>
    private async Task<int> DeleteAsync(ToolCall call, Flags flags, Thing thing)
    {
        var name =
            flags.Words.FirstOrDefault()
            ?? throw Error(
                "you must specify only one of: specific backup name(s), the --all flag, or the --selector flag"
            );
        var (api, ns) = (await OpenAsync(call, flags), NamespaceOf(flags));

        if (!(await api.GetAsync(thing.Path(ns, name), call.Killed)).IsOk)
        {
            call.PrintLine($"No {thing.Plural} found");
            return 0;
        }

        var answer =
            thing == Backups
                ? await api.SendAsync(
                    HttpMethod.Post,
                    new Thing("DeleteBackupRequest", "deletebackuprequest").Path(ns, ""),
                    Request(ns, name),
                    "application/json",
                    call.Killed
                )
                : await api.SendAsync(HttpMethod.Delete, thing.Path(ns, name), null, "application/json", call.Killed);

        if (!answer.IsOk)
            throw Error(answer.Message);

        call.PrintLine(
            $"Request to delete {thing.Word} \"{name}\" submitted successfully.\nThe {thing.Word} will be fully deleted after all associated data ({(thing == Backups ? "disk snapshots, backup files, restores" : "restore files in object storage")}) are removed."
        );
        return 0;
    }

    private static JsonObject Request(string ns, string backup) =>
        new()
        {
            ["apiVersion"] = "velero.io/v1",
            ["kind"] = "DeleteBackupRequest",
            ["metadata"] = new JsonObject { ["generateName"] = $"{backup}-", ["namespace"] = ns },
            ["spec"] = new JsonObject { ["backupName"] = backup },
        };

    private static async Task<JsonObject> ReadAsync(ToolCall call, KubeClient api, string path)
    {
        var answer = await api.GetAsync(path, call.Killed);
        return answer.IsOk ? answer.Json : throw Error(answer.Message);
    }

    private static string Phase(JsonObject json) => (string?)json["status"]?["phase"] ?? "New";

    private static string NamespaceOf(Flags flags) => flags.Get("namespace", "velero");

    /// <summary>The API server knows no such path: Velero's kinds are not there.</summary>
    internal static ToolException Error(string message) =>
        new(
            message.StartsWith("404 page not found", StringComparison.Ordinal)
                ? "An error occurred: no matches for kind \"Backup\" in version \"velero.io/v1\""
                : $"An error occurred: {message}"
        );

    private async Task<KubeClient> OpenAsync(ToolCall call, Flags flags) =>
        (
            await _access.OpenAsync(
                call,
                flags.Get("kubecontext"),
                flags.Get("kubeconfig"),
                reason => $"An error occurred: {reason}"
            )
        )
            .Api
            .Client;
}
