using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Tools.Kube;

/// <summary>kubectl create job NAME --from=cronjob/NAME: a scheduled Job, now.</summary>
internal static class KubectlJobs
{
    public static Func<ToolCall, Flags, Task<int>> Creating(Func<ToolCall, Flags, Task<KubeAccess>> openAsync) =>
        async (call, flags) => await CreateAsync(call, flags, await openAsync(call, flags));

    private static async Task<int> CreateAsync(ToolCall call, Flags flags, KubeAccess access)
    {
        if (flags.Words is not [var name] || flags.Get("from")?.Split('/') is not ["cronjob", var from])
            throw new ToolException("error: either --image or --from must be specified");

        var ns = flags.Get("namespace", access.DefaultNamespace);
        var cronJob = (await access.GetAsync($"/apis/batch/v1/namespaces/{ns}/cronjobs/{from}")).Json;
        var template = cronJob["spec"]!["jobTemplate"]!;
        var job = new JsonObject
        {
            ["apiVersion"] = "batch/v1",
            ["kind"] = "Job",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = ns,
                ["annotations"] = new JsonObject { ["cronjob.kubernetes.io/instantiate"] = "manual" },
                ["ownerReferences"] = new JsonArray(
                    new JsonObject
                    {
                        ["apiVersion"] = "batch/v1",
                        ["kind"] = "CronJob",
                        ["name"] = from,
                        ["uid"] = (string?)cronJob["metadata"]?["uid"],
                        ["controller"] = true,
                    }
                ),
            },
            ["spec"] = template["spec"]!.DeepClone(),
        };
        await access.SendAsync(HttpMethod.Post, $"/apis/batch/v1/namespaces/{ns}/jobs", job, "application/json");
        call.PrintLine($"job.batch/{name} created");
        return 0;
    }
}
