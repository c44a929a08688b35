using System.Text.Json.Nodes;
using static PlatformBot.Sandbox.Twin.Helm.Manifest;

namespace PlatformBot.Sandbox.Twin.Helm.Charts;

internal static class MattermostOperatorChart
{
    public const string ApiVersion = "installation.mattermost.com/v1beta1";

    public static Chart Chart { get; } =
        new("mattermost-operator", "1.0.5", "1.25.9", "https://helm.mattermost.com", Render)
        {
            Crds =
            [
                Crd("installation.mattermost.com", "Mattermost", "mattermosts", namespaced: true, "v1beta1"),
                Crd("mattermost.com", "ClusterInstallation", "clusterinstallations", namespaced: true, "v1alpha1"),
                Crd("mattermost.com", "MattermostRestoreDB", "mattermostrestoredbs", namespaced: true, "v1alpha1"),
            ],
        };

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns, name) = (input.Values, input.Namespace, input.Release);
        var tag = values.TextAt("mattermostOperator.image.tag", "v1.25.3");
        yield return ServiceAccount(ns, name);
        yield return new Workload(
            "Deployment",
            ns,
            name,
            "mattermost-operator",
            $"{name}=mattermost/mattermost-operator:{tag}"
        )
        {
            Replicas = values.NumberAt("mattermostOperator.replicas", 1),
        }.ToJson();
    }
}
