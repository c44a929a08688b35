using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Flux;

/// <summary>source-controller, OCI: one chart at one tag of a registry.</summary>
internal sealed class OciRepositoryController(TwinWorld world) : SourceController(world, "OCIRepository")
{
    protected override void Finish(TwinCluster cluster, JsonObject json)
    {
        var (url, tag) = (json.TextAt("spec.url"), json.TextAt("spec.ref.tag"));
        var trouble = Trouble(cluster, url, tag);
        Again(
            json,
            trouble is null
                ? Conditions.Duration(json["spec"]?["interval"], TimeSpan.FromHours(1))
                : TimeSpan.FromSeconds(30)
        );
        Change(
            cluster,
            json,
            source =>
            {
                if (trouble is not null)
                {
                    source.Fail(Now, "OCIArtifactPullFailed", trouble);
                    return;
                }

                var revision = $"{tag}@{HelmInputs.Digest(Manifest.Map((url, tag)))}";
                source.StatusOf()["artifact"] = Manifest.Map(("revision", revision));
                source.Succeed(Now, "Succeeded", $"stored artifact for digest '{revision}'");
            }
        );
    }

    private static string? Trouble(TwinCluster cluster, string url, string tag)
    {
        var (host, path) = Split(url);

        if (!Pods.HaveDns(cluster))
            return $"failed to determine artifact digest: Get \"https://{host}/v2/\": dial tcp: lookup {host}: i/o timeout";

        return ChartShelf.FindOci(url, tag) is null
            ? $"failed to determine artifact digest: GET https://{host}/v2/{path}/manifests/{tag}: MANIFEST_UNKNOWN: manifest unknown"
            : null;
    }

    /// <summary>"oci://ghcr.io/a/b" → "ghcr.io", "a/b"</summary>
    private static (string Host, string Path) Split(string url)
    {
        var parts = url.Replace("oci://", "", StringComparison.Ordinal).Split('/', 2);
        return (parts[0], parts[^1]);
    }
}
