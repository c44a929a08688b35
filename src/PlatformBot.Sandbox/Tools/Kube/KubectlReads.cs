using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Kustomize;

namespace PlatformBot.Sandbox.Tools.Kube;

/// <summary>kubectl get, logs and version.</summary>
internal sealed class KubectlReads(Func<ToolCall, Flags, Task<KubeAccess>> openAsync)
{
    private const string Client = """
        {
          "clientVersion": {
            "major": "1",
            "minor": "34",
            "gitVersion": "v1.34.1",
            "gitTreeState": "clean",
            "platform": "linux/amd64"
          },
          "kustomizeVersion": "v5.7.1"
        }
        """;

    public async Task<int> VersionAsync(ToolCall call, Flags flags)
    {
        var asJson = flags.Get("output") is "json";

        if (!asJson)
            call.PrintLine("Client Version: v1.34.1\nKustomize Version: v5.7.1");

        var json = JsonNode.Parse(Client)!;

        if (!flags.IsOn("client"))
        {
            var access = await openAsync(call, flags);
            json["serverVersion"] = (await access.GetAsync("/version")).Json;

            if (!asJson)
                call.PrintLine($"Server Version: {json["serverVersion"]?["gitVersion"]}");
        }

        if (asJson)
            call.PrintLine(JsonText.Indented(json, 2));

        return 0;
    }

    public async Task<int> GetAsync(ToolCall call, Flags flags)
    {
        var access = await openAsync(call, flags);

        if (flags.Get("raw") is { } path)
        {
            call.Print((await access.GetAsync(path)).Text);
            return 0;
        }

        var targets = await KubeTargets.ReadAsync(access, flags);
        var found = new List<(KubeTarget Target, JsonObject Object)>();
        var missing = 0;

        foreach (var target in targets)
        {
            var answer = await access.Client.GetAsync(
                target.Path + KubeTargets.Query(flags.Get("selector")),
                call.Killed
            );

            if (!answer.IsOk)
            {
                if (answer.Status == 404 && target.Name is not null && flags.IsOn("ignore-not-found"))
                    continue;

                call.ComplainLine(KubeErrors.From(answer).Message);
                missing++;
            }
            else
            {
                found.AddRange(target.Name is null ? Rows(target, answer.Json) : [(target, answer.Json)]);
            }
        }

        if (found.Count > 0 || missing == 0)
            Print(call, flags, targets, found);

        return missing > 0 ? 1 : 0;
    }

    public async Task<int> LogsAsync(ToolCall call, Flags flags)
    {
        var access = await openAsync(call, flags);
        var pod = await KubePods.FindAsync(access, flags);
        var container = flags.Get("container") is { } name ? $"&container={name}" : "";
        var tail = flags.Get("tail") is { } lines ? $"&tailLines={lines}" : "";
        var previous = flags.IsOn("previous") ? "&previous=true" : "";
        call.Print((await access.GetAsync($"{pod.Path}/log?{container}{tail}{previous}")).Text);
        return 0;
    }

    private static IEnumerable<(KubeTarget Target, JsonObject Object)> Rows(KubeTarget target, JsonObject list) =>
        KubeTargets
            .Items(list)
            .Select(item =>
            {
                // Items of a list do not say what they are.
                item["apiVersion"] = target.Resource.ApiVersion;
                item["kind"] = target.Resource.Kind;
                return (target with { Name = KubeTargets.Name(item) }, item);
            });

    private static void Print(
        ToolCall call,
        Flags flags,
        IReadOnlyList<KubeTarget> targets,
        List<(KubeTarget Target, JsonObject Object)> found
    )
    {
        var output = flags.Get("output", "table");
        var isOne = targets is [{ Name: not null }];
        JsonObject Whole() => isOne ? found[0].Object : List(found.Select(pair => pair.Object));

        if (isOne && found.Count == 0)
            return;

        if (output is "json")
            call.PrintLine(JsonText.Indented(Whole(), 4));
        else if (output is "yaml")
            call.Print(YamlText.Write(Whole())[4..]);
        else if (output is "name")
            call.Print(string.Concat(found.Select(pair => $"{pair.Target.Display}\n")));
        else if (output.StartsWith("jsonpath=", StringComparison.Ordinal))
            call.Print(JsonPath.Print(Whole(), output["jsonpath=".Length..].Trim('\'')));
        else if (output is "table" or "wide")
            PrintTable(call, flags, targets, found);
        else
            throw new ToolException($"error: unable to match a printer suitable for the output format \"{output}\"");
    }

    private static JsonObject List(IEnumerable<JsonObject> items) =>
        new()
        {
            ["apiVersion"] = "v1",
            ["items"] = new JsonArray([.. items.Select(item => item.DeepClone())]),
            ["kind"] = "List",
            ["metadata"] = new JsonObject { ["resourceVersion"] = "" },
        };

    private static void PrintTable(
        ToolCall call,
        Flags flags,
        IReadOnlyList<KubeTarget> targets,
        List<(KubeTarget Target, JsonObject Object)> found
    )
    {
        if (found.Count == 0)
        {
            var ns =
                targets[0].Resource.IsNamespaced && targets[0].Namespace is { } name ? $" in {name} namespace" : "";
            call.ComplainLine($"No resources found{ns}.");
            return;
        }

        call.Print(
            KubeTable.Write(
                [.. found.Select(pair => pair.Object)],
                call.Now,
                flags.Get("output") is "wide",
                flags.IsOn("all-namespaces"),
                flags.IsOn("no-headers")
            )
        );
    }
}
