using System.Text.Json;
using PlatformBot.Core;
using PlatformBot.Core.Planning;

namespace PlatformBot.Kubernetes;

/// <summary>The container in which a command is to run, and that it runs.</summary>
internal sealed record ExecPlace(string Namespace, string Pod, string Container)
{
    private const string WaitFirst = "A step that waits for it can come first.";

    /// <exception cref="ApiException">The cluster could not be asked.</exception>
    public static async Task<Result<ExecPlace>> FindAsync(
        ClusterClient cluster,
        PlannedExec command,
        CancellationToken cancelled
    )
    {
        var reference = new ObjectReference("v1", "Pod", command.Namespace, command.Pod);

        if (command.Selector is null)
            return Of(await cluster.GetAsync(reference, cancelled), command);

        var pods = await cluster.ListAsync(reference, command.Selector, cancelled);
        var ready = pods.Where(pod => pod.Text("status", "phase") == "Running" && PodHealth.Trouble(pod) is null)
            .OrderBy(pod => pod.Name(), StringComparer.Ordinal)
            .ToList();

        if (ready.Count > 0)
            return Of(ready[0], command);

        var place = $"{command.Namespace} with {command.Selector}";
        return pods.Count == 0
            ? new Refusal($"there is no pod in {place}", "Look at the selector, and at what should have made the pod.")
            : new Refusal($"no pod in {place} is ready{PodHealth.Worst(pods)}", WaitFirst);
    }

    /// <summary>A refused handshake brings a number and no words: they follow from what was looked up right before.</summary>
    public static Refusal Explain(ExecPlace place, ApiException error) =>
        error.Code switch
        {
            401 => new("the API server does not take the credentials", "Look at the client configuration."),
            403 => new(
                $"the bot may not run commands in pods of {place.Namespace}",
                "It needs the verbs get and create on pods/exec there; a server before 1.30 that cannot end stdin says the same."
            ),
            404 => new($"pod {place.Namespace}/{place.Pod} has gone in this moment", "Try again."),
            _ => new(
                $"the API server refuses to run commands in pod {place.Namespace}/{place.Pod} ({error.Code})",
                "Try again; its words are not sent with this refusal, but the API server's audit log has them."
            ),
        };

    private static Result<ExecPlace> Of(JsonElement pod, PlannedExec command)
    {
        var containers = pod.Items("spec", "containers").Select(each => each.Text("name") ?? "").ToList();
        var name = $"pod {command.Namespace}/{pod.Name()}";

        if (command.Container is null && containers.Count > 1)
        {
            return new Refusal(
                $"{name} has several containers: {string.Join(", ", containers)}",
                "Say which: 'container'."
            );
        }

        var container = command.Container ?? containers.FirstOrDefault() ?? "";

        if (!containers.Contains(container))
        {
            return new Refusal(
                $"{name} has no container {container}, but {string.Join(", ", containers)}",
                "Name one of these."
            );
        }

        if (pod.Text("status", "phase") is "Succeeded" or "Failed")
        {
            return new Refusal(
                $"{name} has ended ({pod.Text("status", "phase")})",
                "Only a pod that runs can run commands."
            );
        }

        var runs = PodHealth
            .Containers(pod)
            .Any(each => each.Text("name") == container && each.Has("state", "running"));
        return runs
            ? new ExecPlace(command.Namespace, pod.Name(), container)
            : new Refusal($"container {container} of {name} does not run{PodHealth.Worst([pod])}", WaitFirst);
    }
}
