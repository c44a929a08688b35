using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Helm.Charts;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Applications;

/// <summary>The Mattermost operator: a Deployment and a Service for each Mattermost; stable when all its pods are.</summary>
internal sealed class MattermostLaw(TwinWorld world) : OperatorLaw(world, "mattermost-operator", "mattermost-operator")
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);

    protected override void Act(TwinCluster cluster)
    {
        foreach (var mattermost in Due(cluster, MattermostOperatorChart.ApiVersion, "Mattermost", Look))
        {
            if (Refusal(cluster, mattermost) is { } refusal)
                Report(cluster, mattermost, "reconciling", refusal);
            else
                Keep(cluster, mattermost);
        }
    }

    /// <summary>What the operator wants to see before it makes anything.</summary>
    private static string? Refusal(TwinCluster cluster, JsonObject mattermost) =>
        new[] { ("database", "database"), ("fileStore", "filestore") }
            .Select(one => (What: one.Item2, Secret: mattermost.Text("spec", one.Item1, "external", "secret")))
            .Where(one =>
                cluster.Objects.View(new ObjectKey("v1", "Secret", mattermost.Namespace(), one.Secret)) is null
            )
            .Select(one =>
                $"failed to check {one.What}: failed to get {one.What} secret: secrets \"{one.Secret}\" not found"
            )
            .FirstOrDefault();

    private static void Keep(TwinCluster cluster, JsonObject mattermost)
    {
        var (ns, name) = (mattermost.Namespace(), mattermost.Name());
        var deployment = new ObjectKey("apps/v1", "Deployment", ns, name);

        if (cluster.Objects.View(deployment) is null)
            Make(cluster, mattermost);

        var wanted = mattermost.Whole("spec", "replicas") ?? 1;
        var ready = cluster.Objects.View(deployment).Whole("status", "availableReplicas") ?? 0;
        Report(
            cluster,
            mattermost,
            ready >= wanted ? "stable" : "reconciling",
            ready >= wanted ? "" : "mattermost pods are not ready yet"
        );
    }

    private static void Make(TwinCluster cluster, JsonObject mattermost)
    {
        var (ns, name) = (mattermost.Namespace(), mattermost.Name());
        var image = $"{mattermost.Text("spec", "image")}:{mattermost.Text("spec", "version")}";
        var workload = new Workload("Deployment", ns, name, "mattermost", $"mattermost={image}")
        {
            Labels = Manifest.Map(("app", "mattermost"), ("installation.mattermost.com/installation", name)),
            Replicas = (int)(mattermost.Whole("spec", "replicas") ?? 1),
            Init = ($"init-check-database={image}", []),
            Env =
            [
                ("MM_FILESETTINGS_AMAZONS3ENDPOINT", mattermost.Text("spec", "fileStore", "external", "url")),
                ("MM_FILESETTINGS_AMAZONS3BUCKET", mattermost.Text("spec", "fileStore", "external", "bucket")),
            ],
            SecretEnv =
            [
                ("MM_CONFIG", mattermost.Text("spec", "database", "external", "secret"), "DB_CONNECTION_STRING"),
                (
                    "MM_FILESETTINGS_AMAZONS3ACCESSKEYID",
                    mattermost.Text("spec", "fileStore", "external", "secret"),
                    "accesskey"
                ),
            ],
        };
        Applier.Apply(cluster, workload.ToJson().OwnedBy(mattermost));
        Applier.Apply(cluster, Manifest.Service(ns, name, workload.Selector, ("app", 8065)).OwnedBy(mattermost));
    }

    private static void Report(TwinCluster cluster, JsonObject mattermost, string state, string error) =>
        cluster.Objects.Update(
            ObjectKey.Of(mattermost),
            json =>
            {
                var status = json.Section("status");
                status["state"] = state;
                status["observedGeneration"] = json.Whole("metadata", "generation");
                status["version"] = json.Text("spec", "version");
                status["image"] = json.Text("spec", "image");

                if (error.Length > 0)
                    status["error"] = error;
                else
                    status.Remove("error");
            }
        );
}
