using System.Security.Cryptography;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Helm.Charts;

namespace PlatformBot.Sandbox.Twin.Applications;

/// <summary>
/// The job of GitLab's chart that makes what Rails encrypts with. It is Helm's hook and no part of the release: what it has made outlives an
/// uninstall, and is made anew only when it is gone, which no database survives.
/// </summary>
internal sealed class SharedSecrets : IController
{
    private static readonly string[] Keys = ["secret_key_base", "otp_key_base", "db_key_base"];

    public void Reconcile(TwinCluster cluster)
    {
        if (!cluster.ApiIsUp)
            return;

        foreach (
            var asked in cluster
                .Objects.View("v1", "ConfigMap", GitLab.Namespace)
                .Where(one => one.Name().EndsWith($"-{GitLabChart.Secrets}", StringComparison.Ordinal))
        )
        {
            var key = new ObjectKey("v1", "Secret", asked.Namespace(), GitLabChart.RailsSecret);

            if (cluster.Objects.View(key) is null)
            {
                Applier.Apply(
                    cluster,
                    Manifest
                        .New("v1", "Secret", key.Namespace, key.Name)
                        .With("stringData", Manifest.Map(("secrets.yml", Text())))
                );
            }
        }
    }

    private static string Text() =>
        "production:\n"
        + string.Concat(Keys.Select(name => $"  {name}: {RandomNumberGenerator.GetHexString(64, lowercase: true)}\n"));
}
