using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>
/// Getting a container's image: some seconds the first time on a node, nothing after that. The fault
/// "cluster/image-pull/part-of-the-image" makes it fail as long as it is armed.
/// </summary>
internal sealed class ImagePull(TwinCluster cluster, Faults faults, JsonObject pod, JsonObject container)
{
    private static readonly TimeSpan Cycle = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShownAsError = TimeSpan.FromSeconds(3);

    private string Image => container.Text("image");

    /// <summary>The state in which the container waits; null when the image is there.</summary>
    /// <param name="since">When the kubelet began to pull.</param>
    public JsonObject? Step(DateTimeOffset since)
    {
        var age = cluster.Clock.GetUtcNow() - since;
        var takes = Duration(cluster, pod, container);

        if (age >= takes && !Fails())
        {
            if (takes > TimeSpan.Zero)
            {
                Tell(
                    "Pulled",
                    $"Successfully pulled image \"{Image}\" in {takes.TotalSeconds:0}s ({takes.TotalSeconds:0}s including waiting)"
                );
            }
            else
            {
                Tell("Pulled", $"Container image \"{Image}\" already present on machine");
            }

            Remember();
            return null;
        }

        Tell("Pulling", $"Pulling image \"{Image}\"");
        return age < takes ? PodStatus.State("ContainerCreating", "") : Failed(age - takes);
    }

    /// <summary>Zero when the node has the image already.</summary>
    public static TimeSpan Duration(TwinCluster cluster, JsonObject pod, JsonObject container)
    {
        var image = container.Text("image");
        var node = cluster.Objects.View(new ObjectKey("v1", "Node", "", pod.Node()));
        var known = node.Items("status", "images")
            .Any(found => found["names"] is JsonArray names && names.Any(name => name.Text() == image));
        return known ? TimeSpan.Zero : TimeSpan.FromSeconds(2 + TemplateHash.Number(image, 4));
    }

    private bool Fails()
    {
        var prefix = $"{cluster.Name}/image-pull/";
        return faults.Armed.Any(name =>
            name.StartsWith(prefix, StringComparison.Ordinal)
            && Image.Contains(name[prefix.Length..], StringComparison.Ordinal)
        );
    }

    // The kubelet tries again and again, and shows the back-off in between.
    private JsonObject Failed(TimeSpan sinceFirst)
    {
        var error =
            $"failed to pull and unpack image \"{Image}\": failed to resolve reference \"{Image}\": {Image}: not found";

        if (TimeSpan.FromTicks(sinceFirst.Ticks % Cycle.Ticks) < ShownAsError)
        {
            Tell(
                "Failed",
                $"Failed to pull image \"{Image}\": rpc error: code = NotFound desc = {error}",
                isWarning: true
            );
            Tell("Failed", "Error: ErrImagePull", isWarning: true);
            return PodStatus.State("ErrImagePull", $"rpc error: code = NotFound desc = {error}");
        }

        Tell("BackOff", $"Back-off pulling image \"{Image}\"");
        Tell("Failed", "Error: ImagePullBackOff", isWarning: true);
        return PodStatus.State("ImagePullBackOff", $"Back-off pulling image \"{Image}\": ErrImagePull: {error}");
    }

    private void Remember() =>
        cluster.Objects.Update(
            new ObjectKey("v1", "Node", "", pod.Node()),
            node =>
            {
                var images = node.At("status", "images") as JsonArray ?? [];

                if (images.Parent is null)
                    node.Section("status")["images"] = images;

                if (
                    !images.Any(found =>
                        found.At("names") is JsonArray names && names.Any(name => name.Text() == Image)
                    )
                )
                {
                    images.Add(new JsonObject { ["names"] = new JsonArray(Image), ["sizeBytes"] = 50_000_000 });
                }
            }
        );

    private void Tell(string reason, string message, bool isWarning = false) =>
        EventLog.Record(cluster, pod, "kubelet", reason, message, isWarning, pod.Node());
}
