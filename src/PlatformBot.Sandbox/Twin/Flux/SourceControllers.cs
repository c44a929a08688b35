using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Git;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Flux;

/// <summary>An artifact that a source offers: its revision and its files.</summary>
internal sealed record Artifact(string Revision, IReadOnlyDictionary<string, string> Files);

/// <summary>
/// source-controller: fetches a source when its interval is over or somebody asks, which takes two seconds, and says what
/// it found.
/// </summary>
internal abstract class SourceController(TwinWorld world, string kind)
    : FluxController(world, "source-controller", FluxKinds.Source, kind)
{
    private static readonly TimeSpan Fetch = TimeSpan.FromSeconds(2);

    protected sealed override void Reconcile(TwinCluster cluster, JsonObject json)
    {
        if (Working(json) is null && (json.IsAskedFor() || IsDue(json)))
            Begin(json);

        if (Working(json) is not { } working || working < Fetch)
            return;

        End(json);
        Finish(cluster, json);
    }

    /// <summary>The fetch is over: writes down what came of it, and when to look again.</summary>
    protected abstract void Finish(TwinCluster cluster, JsonObject json);
}

/// <summary>source-controller, Git: fetches the platform's own remote, or the one public repository that the twin knows.</summary>
internal sealed class GitRepositoryController(TwinWorld world) : SourceController(world, "GitRepository")
{
    protected override void Finish(TwinCluster cluster, JsonObject json)
    {
        var (revision, trouble) = Resolve(cluster, json);
        Again(
            json,
            Conditions.Duration(json["spec"]?[trouble is null ? "interval" : "timeout"], TimeSpan.FromMinutes(1))
        );
        Change(
            cluster,
            json,
            git =>
            {
                if (trouble is not null)
                {
                    git.Fail(Now, "GitOperationFailed", trouble);
                    return;
                }

                Store(git, revision);
                git.Set(Now, "ArtifactInStorage", "True", "Succeeded", $"stored artifact for revision '{revision}'");
                git.Succeed(Now, "Succeeded", $"stored artifact for revision '{revision}'");
            }
        );
    }

    private void Store(JsonObject git, string revision)
    {
        if ((string?)git["status"]?["artifact"]?["revision"] == revision)
            return;

        var key = ObjectKey.Of(git);
        var sha = revision.Split(':')[^1];
        git.StatusOf()["artifact"] = new JsonObject
        {
            ["digest"] = $"sha256:{sha}{sha[..24]}",
            ["lastUpdateTime"] = Timestamp.Of(Now),
            ["path"] = $"gitrepository/{key.Namespace}/{key.Name}/{sha}.tar.gz",
            ["revision"] = revision,
            ["url"] =
                $"http://source-controller.flux-system.svc.cluster.local./gitrepository/{key.Namespace}/{key.Name}/{sha}.tar.gz",
        };
    }

    private (string Revision, string? Trouble) Resolve(TwinCluster cluster, JsonObject json)
    {
        var url = (string?)json["spec"]?["url"] ?? "";
        var key = ObjectKey.Of(json);

        if (
            (string?)json["spec"]?["secretRef"]?["name"] is { } secret
            && cluster.Objects.View(new ObjectKey("v1", "Secret", key.Namespace, secret)) is null
        )
        {
            return ("", $"failed to get secret '{key.Namespace}/{secret}': secrets \"{secret}\" not found");
        }

        if (!Pods.HaveDns(cluster))
        {
            return (
                "",
                $"failed to checkout and determine revision: unable to clone '{url}': dial tcp: lookup github.com: i/o timeout"
            );
        }

        if (GitRemote.IsThis(url))
        {
            var branch = json.TextAt("spec.ref.branch", "master");
            return World.Git.Head(branch) is { } head
                ? ($"{branch}@sha1:{head.Sha}", null)
                : (
                    "",
                    $"failed to checkout and determine revision: unable to clone '{url}': couldn't find remote ref \"refs/heads/{branch}\""
                );
        }

        return ResolvePublic(json, url);
    }

    private static (string Revision, string? Trouble) ResolvePublic(JsonObject json, string url)
    {
        const string Failed = "failed to checkout and determine revision: unable to clone";

        if (PublicRepository.At(url) is not { } repository)
            return ("", $"{Failed} '{url}': repository not found");

        var tag = json.TextAt("spec.ref.tag");
        return tag == repository.Tag
            ? ($"{tag}@sha1:{repository.Sha}", null)
            : ("", $"{Failed} '{url}': couldn't find remote ref \"refs/tags/{tag}\"");
    }

    /// <summary>The files of the artifact that a GitRepository offers now; null when it offers none.</summary>
    public static Artifact? ArtifactOf(TwinWorld world, JsonObject source)
    {
        if ((string?)source["status"]?["artifact"]?["revision"] is not { } revision)
            return null;

        var sha = revision.Split(':')[^1];
        var files = PublicRepository.With(sha)?.Tree ?? world.Git.Find(sha)?.Tree;
        return files is null ? null : new Artifact(revision, files);
    }
}

/// <summary>source-controller, Helm: the index of a chart repository.</summary>
internal sealed class HelmRepositoryController(TwinWorld world) : SourceController(world, "HelmRepository")
{
    protected override void Finish(TwinCluster cluster, JsonObject json)
    {
        var url = (string?)json["spec"]?["url"] ?? "";
        var known = ChartShelf.IsKnown(url);
        Again(
            json,
            known ? Conditions.Duration(json["spec"]?["interval"], TimeSpan.FromMinutes(10)) : TimeSpan.FromMinutes(1)
        );
        Change(
            cluster,
            json,
            repository =>
            {
                if (known)
                {
                    repository.Succeed(Now, "Succeeded", "stored artifact: revision 'sha256:0b5d2c1e'");
                }
                else
                {
                    repository.Fail(
                        Now,
                        "IndexationFailed",
                        $"failed to fetch Helm repository index: failed to cache index to temporary file: Get \"{url.TrimEnd('/')}/index.yaml\": dial tcp: no such host"
                    );
                }
            }
        );
    }
}
