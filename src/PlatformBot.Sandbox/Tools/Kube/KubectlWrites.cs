using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Tools.Kube;

/// <summary>kubectl apply, create, delete, label, annotate and rollout restart.</summary>
internal sealed class KubectlWrites(Func<ToolCall, Flags, Task<KubeAccess>> openAsync)
{
    private const string MergePatch = "application/merge-patch+json";

    public async Task<int> ApplyAsync(ToolCall call, Flags flags)
    {
        var access = await openAsync(call, flags);
        var failures = 0;

        foreach (var (source, json) in await KubeManifests.ReadAsync(call, flags))
        {
            try
            {
                await ApplyOneAsync(call, flags, access, source, json);
            }
            catch (ToolException refused)
            {
                // The rest is tried all the same, as kubectl does.
                call.ComplainLine(refused.Message);
                failures++;
            }
        }

        return failures > 0 ? 1 : 0;
    }

    /// <summary>As apply, for what must not be there yet; its name may be left to the API server (generateName).</summary>
    public async Task<int> CreateAsync(ToolCall call, Flags flags)
    {
        var access = await openAsync(call, flags);

        foreach (var (source, json) in await KubeManifests.ReadAsync(call, flags))
        {
            var target = await TargetOfAsync(flags, access, source, json);
            var all = target with { Name = null };
            var made = await access.SendAsync(HttpMethod.Post, all.Path, json, "application/json");
            call.PrintLine($"{(target with { Name = KubeTargets.Name(made.Json) }).Display} created");
        }

        return 0;
    }

    public async Task<int> DeleteAsync(ToolCall call, Flags flags)
    {
        var access = await openAsync(call, flags);
        var targets =
            flags.Given("filename") || flags.Given("kustomize")
                ? await FromManifestsAsync(call, flags, access)
                : await KubeTargets.ExpandAsync(access, flags);
        var until = call.Now + flags.Duration("timeout", TimeSpan.FromHours(1));

        foreach (var target in targets)
        {
            var answer = await access.Client.SendAsync(HttpMethod.Delete, target.Path, null, "", call.Killed);

            if (answer.Status == 404 && flags.IsOn("ignore-not-found"))
                continue;

            if (!answer.IsOk)
                throw KubeErrors.From(answer);

            call.PrintLine($"{target.Resource.Display} \"{target.Name}\" deleted");

            if (flags.IsOn("wait", otherwise: true))
                await WaitUntilGoneAsync(call, access, target, until);
        }

        return 0;
    }

    /// <param name="field">"labels" or "annotations"</param>
    public async Task<int> MarkAsync(ToolCall call, Flags flags, string field)
    {
        var access = await openAsync(call, flags);
        var marks = flags.Words.Where(IsMark).ToList();
        flags.Words.RemoveAll(IsMark);

        foreach (var target in await KubeTargets.ExpandAsync(access, flags))
        {
            var present = (await access.GetAsync(target.Path)).Json["metadata"]?[field] as JsonObject ?? [];
            var wanted = new JsonObject();

            foreach (var pair in marks.Select(mark => mark.TrimEnd('-').Split('=', 2)))
            {
                if (
                    pair.Length == 2
                    && present[pair[0]] is { } old
                    && (string?)old != pair[1]
                    && !flags.IsOn("overwrite")
                )
                {
                    throw new ToolException(
                        $"error: '{pair[0]}' already has a value ({old}), and --overwrite is false"
                    );
                }

                wanted[pair[0]] = pair.ElementAtOrDefault(1);
            }

            var patch = new JsonObject { ["metadata"] = new JsonObject { [field] = wanted } };
            await access.SendAsync(HttpMethod.Patch, target.Path, patch, MergePatch);
            call.PrintLine($"{target.Display} {(field == "labels" ? "labeled" : "annotated")}");
        }

        return 0;
    }

    public async Task<int> RestartAsync(ToolCall call, Flags flags)
    {
        var access = await openAsync(call, flags);

        foreach (var target in await KubeTargets.ExpandAsync(access, flags))
        {
            var stamp = new JsonObject { ["kubectl.kubernetes.io/restartedAt"] = $"{call.Now:yyyy-MM-ddTHH:mm:ssZ}" };
            var template = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = stamp } };
            var patch = new JsonObject { ["spec"] = new JsonObject { ["template"] = template } };
            await access.SendAsync(HttpMethod.Patch, target.Path, patch, MergePatch);
            call.PrintLine($"{target.Display} restarted");
        }

        return 0;
    }

    private static async Task ApplyOneAsync(
        ToolCall call,
        Flags flags,
        KubeAccess access,
        string source,
        JsonObject json
    )
    {
        var target = await TargetOfAsync(flags, access, source, json);
        var query =
            $"?fieldManager={flags.Get("field-manager", "kubectl")}&fieldValidation=Strict"
            + (flags.IsOn("force-conflicts") ? "&force=true" : "")
            + (flags.Get("dry-run") is "server" ? "&dryRun=All" : "");
        var answer = await access.SendAsync(
            HttpMethod.Patch,
            target.Path + query,
            json,
            "application/apply-patch+yaml"
        );
        var verb =
            flags.IsOn("server-side") ? "serverside-applied"
            : answer.Status == 201 ? "created"
            : "configured";
        call.PrintLine($"{target.Display} {verb}");
    }

    private static async Task<KubeTarget> TargetOfAsync(Flags flags, KubeAccess access, string source, JsonObject json)
    {
        var (apiVersion, kind) = ((string?)json["apiVersion"] ?? "", (string?)json["kind"] ?? "");
        var ns = (string?)json["metadata"]?["namespace"] ?? flags.Get("namespace");
        var resource =
            (await access.ResourcesAsync()).Of(apiVersion, kind)
            ?? throw new ToolException(
                $"error: resource mapping not found for name: \"{KubeTargets.Name(json)}\" namespace: \"{ns}\" from \"{source}\": "
                    + $"no matches for kind \"{kind}\" in version \"{apiVersion}\"\nensure CRDs are installed first"
            );

        if (resource.IsNamespaced && ns is null)
            json["metadata"]!["namespace"] = ns = access.DefaultNamespace;

        return new KubeTarget(resource, ns, KubeTargets.Name(json));
    }

    private static async Task<IReadOnlyList<KubeTarget>> FromManifestsAsync(
        ToolCall call,
        Flags flags,
        KubeAccess access
    )
    {
        var targets = new List<KubeTarget>();

        foreach (var (source, json) in await KubeManifests.ReadAsync(call, flags))
            targets.Add(await TargetOfAsync(flags, access, source, json));

        return targets;
    }

    private static async Task WaitUntilGoneAsync(
        ToolCall call,
        KubeAccess access,
        KubeTarget target,
        DateTimeOffset until
    )
    {
        while ((await access.Client.GetAsync(target.Path, call.Killed)).Status != 404)
        {
            if (call.Now >= until)
            {
                throw new ToolException(
                    $"error: timed out waiting for the condition on {target.Resource.Plural}/{target.Name}"
                );
            }

            await call.PauseAsync(TimeSpan.FromSeconds(1));
        }
    }

    private static bool IsMark(string word) => word.Contains('=', StringComparison.Ordinal) || word.EndsWith('-');
}
